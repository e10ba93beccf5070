/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-background.h"

#ifdef __linux__
#include <errno.h>
#include <sys/resource.h>
#endif

#define LOWEST 19

static gboolean enabled;

void
bf_background_enable (gboolean give_way)
{
  g_atomic_int_set (&enabled, give_way);
}

/* Linux alone has a priority for each thread; 0 is the calling one. Lowering it is always allowed. */
void
bf_background_enter (void)
{
#ifdef __linux__
  if (g_atomic_int_get (&enabled) && setpriority (PRIO_PROCESS, 0, LOWEST) != 0)
    g_info ("This thread keeps its priority: %s", g_strerror (errno));
#endif
}
