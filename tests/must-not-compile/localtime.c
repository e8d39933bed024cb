/* refused: localtime_is_banned */
/* the machine's own time zone; business days are those of Shanghai */
void try_it(const time_t *t);

void try_it(const time_t *t)
{
#ifdef REMEDY
    (void)t;
#else
    (void)localtime(t);
#endif
}
