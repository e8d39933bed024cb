/* refused: sprintf_is_banned */
/* printing without knowing how much room there is */
void try_it(char *to, int n);

void try_it(char *to, int n)
{
#ifdef REMEDY
    snprintf(to, 8, "%d", n);
#else
    sprintf(to, "%d", n);
#endif
}
