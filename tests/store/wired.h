/* wired.h — a fixture's store over a wire that can be cut (proxy.h). */
#ifndef TESTS_STORE_WIRED_H
#define TESTS_STORE_WIRED_H

#include "fixture.h"
#include "proxy.h"

Fixture *fixture_wired(char **ret_folder); /* fixture_free(), then wire_remove() */
/* The address as it is without the wire; g_free. */
char *address_of_server(const Fixture *f);
void wire_remove(const char *folder);

#endif
