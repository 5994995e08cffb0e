/* What a process asks of the files of one folder, written down: to be loaded with LD_PRELOAD.

   POWER_CUT_FOLDER is the folder, POWER_CUT_LOG the file in which it is written down, POWER_CUT_ACKS the number of
   the descriptor on which the process acknowledges. A record is a byte that says what, three numbers of 64 bits
   (which file, where, how many bytes follow), and the bytes. `power_cut.py` reads them. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MOST 1024
#define REAL(name) __typeof__(name) *real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static const char *folder;
static int log_fd = -1, acks_fd = -1;
static int64_t files[MOST]; /* by descriptor: the number of the file, -1 the folder itself, 0 no matter to us */

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("POWER_CUT_LOG"), *acks = getenv("POWER_CUT_ACKS");
    folder = getenv("POWER_CUT_FOLDER");
    if (!path || !folder) return;
    log_fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (acks) acks_fd = atoi(acks);
}

static void all(const void *bytes, size_t size) {
    const char *from = bytes;
    while (size > 0) {
        long wrote = syscall(SYS_write, log_fd, from, size);
        if (wrote <= 0) abort();
        from += wrote;
        size -= (size_t)wrote;
    }
}

static void note(char what, int64_t file, int64_t where, const void *bytes, size_t size) {
    int64_t numbers[3] = {file, where, (int64_t)size};
    all(&what, 1);
    all(numbers, sizeof numbers);
    if (size) all(bytes, size);
}

static const char *ours(const char *path) {
    size_t size = folder ? strlen(folder) : 0;
    return log_fd >= 0 && size && strncmp(path, folder, size) == 0 && path[size] == '/' ? path + size + 1 : 0;
}

static int64_t file_of(int fd) { return log_fd >= 0 && fd >= 0 && fd < MOST ? files[fd] : 0; }

static int opened(int fd, const char *path, int is_new) {
    static int64_t number = 0;
    const char *name = ours(path);
    if (fd < 0 || log_fd < 0) return fd;
    if (fd >= MOST) abort();
    files[fd] = 0;
    if (strcmp(path, folder) == 0) files[fd] = -1;
    if (!name) return fd;
    files[fd] = ++number;
    note(is_new ? 'C' : 'O', number, 0, name, strlen(name));
    return fd;
}

#define OPEN(name)                                                 \
    int name(const char *path, int flags, ...) {                   \
        va_list more;                                              \
        va_start(more, flags);                                     \
        mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;  \
        va_end(more);                                              \
        REAL(name);                                                \
        int is_new = ours(path) && access(path, F_OK) != 0;        \
        return opened(real(path, flags, mode), path, is_new);      \
    }
OPEN(open)
OPEN(open64)

int close(int fd) {
    REAL(close);
    if (file_of(fd)) files[fd] = 0;
    return real(fd);
}

#define PWRITE(name, offset_t)                                                     \
    ssize_t name(int fd, const void *bytes, size_t size, offset_t where) {         \
        REAL(name);                                                                \
        ssize_t wrote = real(fd, bytes, size, where);                              \
        if (wrote > 0 && file_of(fd) > 0) note('W', file_of(fd), where, bytes, (size_t)wrote); \
        return wrote;                                                              \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

ssize_t write(int fd, const void *bytes, size_t size) {
    REAL(write);
    if (log_fd >= 0 && fd == acks_fd) note('A', 0, 0, bytes, size);
    off_t where = file_of(fd) > 0 ? lseek(fd, 0, SEEK_CUR) : 0;
    ssize_t wrote = real(fd, bytes, size);
    if (wrote > 0 && file_of(fd) > 0) note('W', file_of(fd), where, bytes, (size_t)wrote);
    return wrote;
}

#define TRUNCATE(name, offset_t)                                                   \
    int name(int fd, offset_t size) {                                              \
        REAL(name);                                                                \
        int failed = real(fd, size);                                               \
        if (!failed && file_of(fd) > 0) note('T', file_of(fd), size, 0, 0);        \
        return failed;                                                             \
    }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

#define SYNC(name)                                                                 \
    int name(int fd) {                                                             \
        REAL(name);                                                                \
        int failed = real(fd);                                                     \
        if (!failed && file_of(fd)) note(file_of(fd) > 0 ? 'S' : 'D', file_of(fd), 0, 0, 0); \
        return failed;                                                             \
    }
SYNC(fsync)
SYNC(fdatasync)

int unlink(const char *path) {
    REAL(unlink);
    int failed = real(path);
    if (!failed && ours(path)) note('U', 0, 0, ours(path), strlen(ours(path)));
    return failed;
}
