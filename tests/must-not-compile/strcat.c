/* refused: strcat_is_banned */
/* adding without knowing how much room there is */
void try_it(char *to, const char *from);

void try_it(char *to, const char *from)
{
#ifdef REMEDY
    (void)to, (void)from;
#else
    strcat(to, from);
#endif
}
