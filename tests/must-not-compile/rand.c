/* refused: rand_is_banned */
/* numbers that can be guessed */
void try_it(int *n);

void try_it(int *n)
{
#ifdef REMEDY
    *n = 4;
#else
    *n = rand();
#endif
}
