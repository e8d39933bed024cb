/* refused: atoi_is_banned */
/* "12 months" and "" would be numbers */
void try_it(int *n, const char *text);

void try_it(int *n, const char *text)
{
#ifdef REMEDY
    *n = text[0] == '1';
#else
    *n = atoi(text);
#endif
}
