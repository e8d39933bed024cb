/* clones.h — each kernel is compiled for wide vectors and for any machine of its kind; which one
 * runs is settled when the program starts. */
#ifndef ANLAO_BASE_CLONES_H
#define ANLAO_BASE_CLONES_H

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                             \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

#define EACH(n) for (size_t i = 0; i < (n); i++)

#endif
