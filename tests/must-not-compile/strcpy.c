/* refused: strcpy_is_banned */
/* a copy that does not know how much room there is */
void try_it(char *to, const char *from);

void try_it(char *to, const char *from)
{
#ifdef REMEDY
    memcpy(to, from, strlen(from) + 1);
#else
    strcpy(to, from);
#endif
}
