/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * File choosers: the one place that knows GtkFileChooserNative, which later GTK replaces.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* file: borrowed; NULL when the user changed their mind. Called once, always. */
typedef void (*BfFileDialogFunc) (GFile *file, gpointer data);

void bf_file_dialog_save (GtkWindow *parent, const char *title, const char *suggested_name,
                          BfFileDialogFunc callback, gpointer data);
/* filter_name, patterns: NULL-ended "*.backflow"; NULL: every file. */
void bf_file_dialog_open (GtkWindow *parent, const char *title, const char *filter_name,
                          const char *const *patterns, BfFileDialogFunc callback, gpointer data);
void bf_file_dialog_open_folder (GtkWindow *parent, const char *title, BfFileDialogFunc callback, gpointer data);

G_END_DECLS
