/* refused: strtok_is_banned */
/* cutting with a hidden state that threads share */
void try_it(char *line);

void try_it(char *line)
{
#ifdef REMEDY
    (void)line;
#else
    strtok(line, ",");
#endif
}
