/* liburcu as a peer of the grace-period bench: reads "WHAT THREADS OPS" lines, answers each with nanoseconds per operation.
 * Compiled twice by the bench, with -DMEMB and -DQSBR. Read side: enter, load a pointer, read, leave (qsbr: a quiescent state). */
#define _GNU_SOURCE
#define _LGPL_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#ifdef MEMB
#include <urcu/urcu-memb.h>
#define REGISTER urcu_memb_register_thread
#define UNREGISTER urcu_memb_unregister_thread
#define ENTER urcu_memb_read_lock()
#define LEAVE urcu_memb_read_unlock()
#else
#include <urcu/urcu-qsbr.h>
#define REGISTER urcu_qsbr_register_thread
#define UNREGISTER urcu_qsbr_unregister_thread
#define ENTER urcu_qsbr_read_lock()
#define LEAVE (urcu_qsbr_read_unlock(), urcu_qsbr_quiescent_state())
#endif

static unsigned long object = 7, *published = &object;
static pthread_barrier_t start;
static long ops;

static unsigned long run(long n) {
    unsigned long sum = 0;
    for (long i = 0; i < n; i++) {
        ENTER;
        sum += *(volatile unsigned long *)rcu_dereference(published);
        LEAVE;
    }
    return sum;
}

static void *worker(void *arg) {
    static double results[2];
    struct timespec from, to;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((long)arg, &set);
    pthread_setaffinity_np(pthread_self(), sizeof set, &set);
    REGISTER();
    unsigned long sum = run(ops / 50 + 1);
#ifdef MEMB
    pthread_barrier_wait(&start);
#else
    urcu_qsbr_thread_offline();
    pthread_barrier_wait(&start);
    urcu_qsbr_thread_online();
#endif
    clock_gettime(CLOCK_MONOTONIC, &from);
    sum += run(ops);
    clock_gettime(CLOCK_MONOTONIC, &to);
    UNREGISTER();
    results[(long)arg] = sum ? (to.tv_sec - from.tv_sec) * 1e9 + (to.tv_nsec - from.tv_nsec) : 0;
    return &results[(long)arg];
}

int main(void) {
    char what[32];
    int threads;
    while (scanf("%31s %d %ld", what, &threads, &ops) == 3) {
        pthread_t ids[2];
        double total = 0;
        pthread_barrier_init(&start, NULL, threads);
        for (long i = 0; i < threads; i++)
            pthread_create(&ids[i], NULL, worker, (void *)i);
        for (long i = 0; i < threads; i++) {
            void *result;
            pthread_join(ids[i], &result);
            total += *(double *)result;
        }
        pthread_barrier_destroy(&start);
        printf("%f\n", total / threads / ops);
        fflush(stdout);
    }
    return 0;
}
