/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the tests of the window share: one application, windows on it, waiting with a deadline,
 * the pixels of what is shown.
 */
#pragma once

#include <adwaita.h>

#include "bf-application.h"
#include "bf-window-private.h"

G_BEGIN_DECLS

/* Runs the main loop until cond holds; fails after `seconds` × BF_TEST_PATIENCE. */
#define ui_wait_until(cond, seconds)                                                  \
  G_STMT_START {                                                                      \
    gint64 deadline_ = g_get_monotonic_time () + (gint64) ((seconds) * 1e6 * ui_patience ()); \
    while (!(cond) && g_get_monotonic_time () < deadline_)                            \
      ui_iterate ();                                                                  \
    if (!(cond))                                                                      \
      g_error ("%s:%d: waited in vain for: %s", __FILE__, __LINE__, #cond);           \
  } G_STMT_END

double     ui_patience (void);
void       ui_iterate  (void);          /* one turn of the main loop, 10 ms at most */
void       ui_spin     (double seconds);

void       ui_init     (int *argc, char ***argv);
/* The pseudo-translation in BF_PSEUDO_LOCALE, where there is one. */
void       ui_set_language (void);
BfWindow  *ui_window   (const char *experiment);    /* presented, data loaded, step 0 measured */
void       ui_close    (BfWindow *window);          /* and that it is finalized */
BfSession *ui_session  (BfWindow *window);

/* Activates an action by name ("win.undo", "run.train"), failing where it is not enabled. */
void       ui_activate (BfWindow *window, const char *action);
gboolean   ui_enabled  (BfWindow *window, const char *action);

/* The first descendant of a type (and, when not NULL, of that buildable id or label). */
GtkWidget *ui_find     (gpointer root, const char *type_name, const char *label);

/* The pointer over the shown figure of that id, at shares of its width and height. */
void       ui_hover    (gpointer root, const char *figure, double x, double y);

/* What the widget shows, 0xAARRGGBB, `*width` × `*height`; free with g_free(). */
guint32   *ui_grab     (GtkWidget *widget, int *width, int *height);

G_END_DECLS
