/* refused: gmtime_is_banned */
/* a result in memory that threads share */
void try_it(const time_t *t);

void try_it(const time_t *t)
{
#ifdef REMEDY
    (void)t;
#else
    (void)gmtime(t);
#endif
}
