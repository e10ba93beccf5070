/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the program remembers between two starts: preferences, sizes, files opened last. One object
 * a process, with one property a setting, so that rows bind to it (g_object_bind_property) and
 * anyone listens (notify::threads). GSettings keeps the values in settings.ini in the user's
 * configuration folder; with no schema or no writable folder they live as long as the process.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define BF_TYPE_SETTINGS (bf_settings_get_type ())
G_DECLARE_FINAL_TYPE (BfSettings, bf_settings, BF, SETTINGS, GObject)

/* Of the process; borrowed, never NULL. On the main thread only. */
BfSettings *bf_settings_get (void);

/* By a property's name: "threads", "window-width", "subnormals" (0, 1) … */
int         bf_settings_get_int  (BfSettings *self, const char *name);
void        bf_settings_set_int  (BfSettings *self, const char *name, int value);
/* "notebook-folder", "figure-format", "last-folder" …; borrowed until it changes, never NULL. */
const char *bf_settings_get_text (BfSettings *self, const char *name);
void        bf_settings_set_text (BfSettings *self, const char *name, const char *value);

/* The folder of the notebook: the one chosen, or backflow in the user's data folder. Transfer full. */
char       *bf_settings_dup_notebook_folder (BfSettings *self);

/* URIs of the experiments opened or saved last, newest first; borrowed. */
const char *const *bf_settings_get_recent   (BfSettings *self);
void        bf_settings_add_recent          (BfSettings *self, GFile *file);
void        bf_settings_remove_recent       (BfSettings *self, GFile *file);
void        bf_settings_clear_recent        (BfSettings *self);

G_END_DECLS
