#include "rules.h"

/* broken: the letters of the section's name are mixed up. */
SEC("lms/file_open")
int broken(void *ctx)
{
	return 0;
}

/* sound */
SEC("lsm/file_open")
int sound(void *ctx)
{
	return 0;
}
