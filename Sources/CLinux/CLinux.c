#include "CLinux.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

static int result(long value) { return value < 0 ? -errno : (int)value; }

// MARK: Memory files

int ql_memory_file(const char *name, uint64_t bytes) {
    int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0) return -errno;
    if (ftruncate(fd, (off_t)bytes) != 0) {
        int code = -errno;
        close(fd);
        return code;
    }
    return fd;
}

int ql_seal(int fd, int contents) {
    return result(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | (contents ? F_SEAL_WRITE : 0) | F_SEAL_SEAL));
}

int ql_seals(int fd) {
    int seals = fcntl(fd, F_GET_SEALS);
    if (seals < 0) return -errno;
    int size = (seals & (F_SEAL_SHRINK | F_SEAL_GROW)) == (F_SEAL_SHRINK | F_SEAL_GROW);
    return (size ? 1 : 0) | (seals & F_SEAL_WRITE ? 2 : 0);
}

// MARK: Wake-up

int ql_event(void) { return result(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }

void ql_event_signal(int fd) {
    uint64_t one = 1;
    // EAGAIN: the counter is full, so the reader is about to wake anyway.
    while (write(fd, &one, 8) < 0 && errno == EINTR) {}
}

void ql_event_drain(int fd) {
    uint64_t count;
    while (read(fd, &count, 8) < 0 && errno == EINTR) {}
}

void ql_futex_wait(const uint32_t *word, uint32_t expected, uint64_t nanos) {
    struct timespec limit = { .tv_sec = (time_t)(nanos / 1000000000u), .tv_nsec = (long)(nanos % 1000000000u) };
    syscall(SYS_futex, word, FUTEX_WAIT, expected, &limit, NULL, 0);
}

void ql_futex_wake(const uint32_t *word) { syscall(SYS_futex, word, FUTEX_WAKE, 0x7fffffff, NULL, NULL, 0); }

// MARK: Processes

int ql_set_parent_death_signal(int signal) { return result(prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0)); }

void ql_crash_silently(void) {
    static const int crashes[] = { SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP };
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++) signal(crashes[i], SIG_DFL);
    // One byte, not none: with that the kernel does not hand the image to a collector either (core(5)).
    // Where there may be none already, only root may raise it; then it stays.
    const struct rlimit limit = { 1, 1 };
    setrlimit(RLIMIT_CORE, &limit);
}

static int each_open(int first, int exec_only) {
    if (syscall(SYS_close_range, (unsigned)first, ~0u, exec_only ? CLOSE_RANGE_CLOEXEC : 0) == 0) return 0;
    // Kernels before 5.9 (5.11 for the flag).
    long limit = sysconf(_SC_OPEN_MAX);
    if (limit < 0 || limit > 65536) limit = 65536;
    for (int fd = first; fd < limit; fd++) {
        if (exec_only) fcntl(fd, F_SETFD, FD_CLOEXEC);
        else close(fd);
    }
    return 0;
}

int ql_close_on_exec_from(int first) { return each_open(first, 1); }
int ql_close_from(int first) { return each_open(first, 0); }
int ql_set_close_on_exec(int fd, int on) { return result(fcntl(fd, F_SETFD, on ? FD_CLOEXEC : 0)); }
int ql_set_nonblocking(int fd) { return result(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK)); }
int ql_pipe(int ends[2]) { return result(pipe2(ends, O_CLOEXEC)); }
int ql_set_name(const char *name) { return result(prctl(PR_SET_NAME, name, 0, 0, 0)); }

int ql_terminal_size(int fd, int *columns, int *rows) {
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) != 0) return -errno;
    *columns = size.ws_col;
    *rows = size.ws_row;
    return 0;
}

static volatile sig_atomic_t stop_flag;
static void on_stop(int signal) {
    (void)signal;
    stop_flag = 1;
}

int ql_catch_stop_signal(int signal) {
    // No SA_RESTART: a blocking futex wait shall return.
    struct sigaction action = { .sa_handler = on_stop };
    return result(sigaction(signal, &action, NULL));
}
int ql_stop_requested(void) { return stop_flag; }
void ql_request_stop(void) { stop_flag = 1; }

// MARK: Local sockets

// sun_path holds 107 bytes; through a descriptor of the directory any path fits.
static int local_address(const char *path, struct sockaddr_un *address, int *directory) {
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    char parent[4096];
    size_t length = slash ? (size_t)(slash - path) : 0;
    if (length >= sizeof parent || strlen(name) > 64 || !*name) return -ENAMETOOLONG;
    memcpy(parent, path, length);
    parent[length] = 0;
    *directory = open(slash ? (length ? parent : "/") : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (*directory < 0) return -errno;
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    snprintf(address->sun_path, sizeof address->sun_path, "/proc/self/fd/%d/%s", *directory, name);
    return 0;
}

int ql_local_listen(const char *path) {
    struct sockaddr_un address;
    int directory;
    int code = local_address(path, &address, &directory);
    if (code < 0) return code;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) code = -errno;
    if (fd >= 0) {
        unlink(address.sun_path);
        mode_t before = umask(0177);
        if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 8) != 0) {
            code = -errno;
            close(fd);
        } else {
            code = fd;
        }
        umask(before);
    }
    close(directory);
    return code;
}

int ql_local_connect(const char *path) {
    struct sockaddr_un address;
    int directory;
    int code = local_address(path, &address, &directory);
    if (code < 0) return code;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) code = -errno;
    else if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        code = -errno;
        close(fd);
    } else {
        code = fd;
    }
    close(directory);
    return code;
}

int ql_local_accept(int fd) { return result(accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)); }

int ql_local_peer_user(int fd) {
    struct ucred peer;
    socklen_t bytes = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &bytes) != 0) return -errno;
    return (int)peer.uid;
}

// MARK: Cores

// Big machines need more than the 1,024 bits of cpu_set_t.
#define CORE_LIMIT 8192

static int allowed(unsigned char *mask) {
    memset(mask, 0, CORE_LIMIT / 8);
    long bytes = syscall(SYS_sched_getaffinity, 0, CORE_LIMIT / 8, mask);
    return bytes < 0 ? -errno : 0;
}

int ql_allowed_cores(void) {
    unsigned long mask[CORE_LIMIT / (8 * sizeof(unsigned long))];
    int code = allowed((unsigned char *)mask);
    if (code < 0) return code;
    int count = 0;
    for (size_t i = 0; i < sizeof(mask) / sizeof(mask[0]); i++) count += __builtin_popcountl(mask[i]);
    return count;
}

int ql_allowed_core(int n) {
    unsigned long mask[CORE_LIMIT / (8 * sizeof(unsigned long))];
    if (allowed((unsigned char *)mask) < 0) return -1;
    for (int core = 0; core < CORE_LIMIT; core++) {
        if (mask[core / 64] >> (core % 64) & 1 && n-- == 0) return core;
    }
    return -1;
}

int ql_pin_to_core(int core) {
    unsigned long mask[CORE_LIMIT / (8 * sizeof(unsigned long))] = {0};
    if (core < 0 || core >= CORE_LIMIT) return -EINVAL;
    mask[core / 64] |= 1ul << (core % 64);
    DIR *tasks = opendir("/proc/self/task");
    if (!tasks) return -errno;
    int code = 0;
    for (struct dirent *entry; code == 0 && (entry = readdir(tasks));) {
        int thread = atoi(entry->d_name);
        if (thread > 0) code = result(syscall(SYS_sched_setaffinity, thread, sizeof(mask), mask));
        // One that has ended meanwhile.
        if (code == -ESRCH) code = 0;
    }
    closedir(tasks);
    return code;
}

// MARK: Resident pages

static int release_segments(struct dl_phdr_info *info, size_t size, void *unused) {
    (void)size;
    (void)unused;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        if (segment->p_type != PT_LOAD || segment->p_flags & PF_W) continue;
        uintptr_t start = (info->dlpi_addr + segment->p_vaddr + page - 1) & ~(page - 1);
        uintptr_t end = (info->dlpi_addr + segment->p_vaddr + segment->p_memsz) & ~(page - 1);
        // What is never written is the same in the file: a refusal costs nothing but the pages.
        if (start < end) madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return 0;
}

void ql_release_unwritten_pages(void) { dl_iterate_phdr(release_segments, NULL); }
