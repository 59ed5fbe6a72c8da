// What the runtime does at every start, and portmap has no use for. The linker (--wrap, in the project file) leads the
// runtime's calls here; a runtime that calls its functions otherwise would do it all again, and nothing else would change.
// The reasons and the numbers: docs/decisions/0011-what-portmap-leaves-out-of-the-runtime.md. The runtime's names are those of
// .NET 9, where they are C++'s, mangled.
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <unistd.h>

// The thread that runs finalizers: no file or socket of portmap waits for one, the kernel closes them all when it exits. A
// second thread would have to be scheduled once more before the process is gone: on a busy node that takes milliseconds.
bool __wrap_PalStartFinalizerThread(void *start, void *context) {
    (void)start;
    (void)context;
    return true;
}

// Limits of the control group, for which the mount table is read twice, and it is long where many pods are. The collector's
// limit is in the project file, and one thread needs no share of processors.
void __wrap__Z16InitializeCGroupv(void) {}
void __wrap__Z19InitializeCpuCGroupv(void) {}

// NUMA nodes: the collector has one heap and no thread of its own.
void __wrap__Z21NUMASupportInitializev(void) {}

// The first thread's stack, for which libc reads all of /proc/self/maps. The kernel puts the program's name at its very end,
// with one word behind it (fs/exec.c, bprm_mm_init and alloc_bprm), so that it ends there at a page; where it does not, ask libc.
bool __real_PalGetMaximumStackBounds(void **low, void **high);
bool __wrap_PalGetMaximumStackBounds(void **low, void **high) {
    const char *name = (const char *)getauxval(AT_EXECFN);
    const uintptr_t page = getauxval(AT_PAGESZ);
    const uintptr_t here = (uintptr_t)&name;
    struct rlimit limit;
    if (name && page && getrlimit(RLIMIT_STACK, &limit) == 0) {
        const uintptr_t end = (uintptr_t)name + strlen(name) + 1 + sizeof(void *);
        const uintptr_t size = limit.rlim_cur & -page;
        if (end % page == 0 && size < end && end - size <= here && here < end) {
            *low = (void *)(end - size);
            *high = (void *)end;
            return true;
        }
    }
    return __real_PalGetMaximumStackBounds(low, high);
}
