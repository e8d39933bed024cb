/* proxy.h — a wire between the store and PostgreSQL that can be cut at the worst moment. */
#ifndef TESTS_STORE_PROXY_H
#define TESTS_STORE_PROXY_H

typedef enum ProxyCut {
    PROXY_SOUND,
    PROXY_BEFORE_COMMIT, /* the next COMMIT never arrives */
    PROXY_AFTER_COMMIT,  /* it arrives, its answer does not */
    PROXY_FOR_GOOD,      /* likewise, and nobody gets through any more until it is sound again */
    PROXY_BEFORE_FLUSH,  /* the next word by which a disk is waited for never arrives */
    PROXY_NO_FLUSH,      /* likewise, and nobody gets through any more until it is sound again */
} ProxyCut;

/* Listens in `folder` as a server would, and passes all on to the socket in `server`. */
void proxy_start(const char *folder, const char *server);
void proxy_cut(ProxyCut how); /* once; PROXY_SOUND lets everybody through again */

#endif
