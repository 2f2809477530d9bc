#pragma once
// Linux calls that Swift cannot reach (variadic, missing in Glibc's module, or macros), and the two copy
// routines that touch memory another process may be writing. All return -errno on failure unless said otherwise.
#include <malloc.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

// MARK: Memory files
// Creates a close-on-exec memfd of `bytes` bytes that allows seals.
int ql_memory_file(const char *name, uint64_t bytes);
// Forbids resizing; with `contents`, writing too.
int ql_seal(int fd, int contents);
// 1: size is sealed, 2: contents too (as a bit set 1|2).
int ql_seals(int fd);

// MARK: Wake-up
int ql_event(void);
void ql_event_signal(int fd);
void ql_event_drain(int fd);
// Sleeps while *word == expected, at most `nanos`. Spurious returns are allowed. Shared between processes.
void ql_futex_wait(const uint32_t *word, uint32_t expected, uint64_t nanos);
void ql_futex_wake(const uint32_t *word);

// MARK: Processes
// This process gets `signal` when the thread that started it dies.
int ql_set_parent_death_signal(int signal);
// A crash of this process or of its children's programs leaves no image of memory; of this process the Swift runtime prints
// no registers and no memory either (children take its handlers back themselves).
void ql_crash_silently(void);
// Marks every descriptor >= first close-on-exec.
int ql_close_on_exec_from(int first);
// Closes every descriptor >= first.
int ql_close_from(int first);
int ql_set_close_on_exec(int fd, int on);
int ql_set_nonblocking(int fd);
int ql_pipe(int ends[2]);
int ql_set_name(const char *name);
int ql_terminal_size(int fd, int *columns, int *rows);
// Sets a flag instead of dying; for loops that poll `ql_stop_requested`.
int ql_catch_stop_signal(int signal);
int ql_stop_requested(void);
void ql_request_stop(void);

// MARK: Local sockets
// A listening (or connected) stream socket named `path`, whose directory part may be longer than sun_path.
// Close-on-exec, non-blocking when listening; mode 0600. An existing socket file is replaced.
int ql_local_listen(const char *path);
int ql_local_connect(const char *path);
// Next connection of a listening socket, non-blocking and close-on-exec, or -errno.
int ql_local_accept(int fd);
// User id of the other end, or -errno.
int ql_local_peer_user(int fd);

// MARK: Cores
// Number of cores the scheduler lets this thread use.
int ql_allowed_cores(void);
// The n-th allowed core's number, or -1.
int ql_allowed_core(int n);
// All threads of this process, and those they will start. 0 or a negative errno.
int ql_pin_to_core(int core);

static inline uint64_t ql_monotonic_nanos(void);

// MARK: Racing memory
// The other side may be writing these bytes meanwhile. Word-wise relaxed atomic accesses: the result may be a mix of
// old and new (the caller checks a sequence afterwards) but there is no undefined behaviour and every source byte is
// read at most once, so what was checked is what is used. `shared` is 8-byte aligned.
static inline void ql_copy_from_shared(void *restrict destination, const void *shared, size_t bytes);
static inline void ql_copy_to_shared(void *shared, const void *restrict source, size_t bytes);
static inline void ql_pause(void);

#include <string.h>
#include <time.h>

static inline uint64_t ql_monotonic_nanos(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

// From this size on the processor's string copy is used: it is as fast as the caches allow, and opaque to the compiler,
// so a race with the other side is the hardware's business only.
#define QL_STRING_COPY 1024
#if defined(__x86_64__)
static inline void ql_string_copy(void *to, const void *from, size_t bytes) {
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
}
#endif

static inline void ql_copy_from_shared(void *restrict destination, const void *shared, size_t bytes) {
#if defined(__x86_64__)
    if (bytes >= QL_STRING_COPY) {
        ql_string_copy(destination, shared, bytes);
        return;
    }
#endif
    const uint64_t *from = (const uint64_t *)shared;
    unsigned char *to = (unsigned char *)destination;
    size_t words = bytes / 8;
    for (size_t i = 0; i < words; i++) {
        uint64_t word = __atomic_load_n(from + i, __ATOMIC_RELAXED);
        memcpy(to + 8 * i, &word, 8);
    }
    const unsigned char *tail = (const unsigned char *)(from + words);
    for (size_t i = 0; i < bytes % 8; i++) to[8 * words + i] = __atomic_load_n(tail + i, __ATOMIC_RELAXED);
}

static inline void ql_copy_to_shared(void *shared, const void *restrict source, size_t bytes) {
#if defined(__x86_64__)
    if (bytes >= QL_STRING_COPY) {
        ql_string_copy(shared, source, bytes);
        return;
    }
#endif
    uint64_t *to = (uint64_t *)shared;
    const unsigned char *from = (const unsigned char *)source;
    size_t words = bytes / 8;
    for (size_t i = 0; i < words; i++) {
        uint64_t word;
        memcpy(&word, from + 8 * i, 8);
        __atomic_store_n(to + i, word, __ATOMIC_RELAXED);
    }
    unsigned char *tail = (unsigned char *)(to + words);
    for (size_t i = 0; i < bytes % 8; i++) __atomic_store_n(tail + i, from[8 * words + i], __ATOMIC_RELAXED);
}

// Asks for a line of cache that will be written soon.
static inline void ql_prefetch_for_write(const void *line) { __builtin_prefetch(line, 1); }

static inline void ql_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

#ifdef __cplusplus
}
#endif

// Gives back the resident pages of programs and libraries that are never written (symbol tables, start-up code). What is
// still needed is mapped again when it is touched. No text relocations: there are none in position-independent code.
void ql_release_unwritten_pages(void);

// Limits malloc's arenas: each keeps what its busiest moment needed.
static inline int ql_limit_arenas(int count) { return mallopt(M_ARENA_MAX, count); }
