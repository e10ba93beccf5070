/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-background.h"

#ifdef __linux__
#include <sys/resource.h>

static gpointer
get_priority (gpointer data)
{
  return GINT_TO_POINTER (getpriority (PRIO_PROCESS, 0));
}

/* Its own priority afterwards, and that of a thread it starts. */
static gpointer
enter (gpointer data)
{
  int *found = data;

  bf_background_enter ();
  found[0] = getpriority (PRIO_PROCESS, 0);
  found[1] = GPOINTER_TO_INT (g_thread_join (g_thread_new ("crew", get_priority, NULL)));
  return NULL;
}

static void
test_gives_way (void)
{
  const int own = getpriority (PRIO_PROCESS, 0);
  int found[2];

  g_thread_join (g_thread_new ("training", enter, found));
  g_assert_cmpint (found[0], ==, own);
  bf_background_enable (TRUE);
  g_thread_join (g_thread_new ("training", enter, found));
  bf_background_enable (FALSE);
  g_assert_cmpint (found[0], ==, 19);
  g_assert_cmpint (found[1], ==, 19);
  g_assert_cmpint (getpriority (PRIO_PROCESS, 0), ==, own);
  if (own == 19)
    g_test_skip ("The test itself has the lowest priority");
}
#else
static void
test_gives_way (void)
{
  g_test_skip ("Threads have priorities on Linux alone");
}
#endif

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/background/gives-way", test_gives_way);
  return g_test_run ();
}
