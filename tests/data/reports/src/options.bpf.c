/* Variables of the kernel's configuration, of which one is known and the others depend on how the kernel was built. */
#include "vmlinux_min.h"
GPL;

extern int LINUX_KERNEL_VERSION __kconfig;
extern unsigned int CONFIG_HZ __kconfig;
extern unsigned int CONFIG_LOG_BUF_SHIFT __kconfig __weak;

SEC("tc") int by_version(struct __sk_buff *s) { char b[8] = {}; if (LINUX_KERNEL_VERSION < 0x060c32) return b[s->len]; return 0; }
SEC("tc") int by_option(struct __sk_buff *s) { char b[8] = {}; if (CONFIG_HZ > 100000) return b[s->len]; return 0; }
SEC("tc") int by_weak_option(struct __sk_buff *s) { char b[8] = {}; if (CONFIG_LOG_BUF_SHIFT) return b[s->len]; return 0; }
SEC("tc") int by_neither(struct __sk_buff *s) { return CONFIG_HZ; }
