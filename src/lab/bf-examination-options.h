/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What an examination is asked with, as words: "landscape:points=20,reach=0.5". Only what differs from the defaults
 * is written. A list of such words, one for each kind, is what the window remembers.
 */
#pragma once

#include "bf-examination.h"

G_BEGIN_DECLS

/* Transfer full. */
char      *bf_examination_options_print  (const BfOptions *self);
/* NULL with an error that names what is wrong: an unknown kind, an option that it lacks, a value out of range. */
BfOptions *bf_examination_options_parse  (const char *text, GError **error);

/* Of a kind in a list; its defaults where the list has none, or none that can be. Transfer full. */
BfOptions *bf_examination_options_find   (const char *list, const BfExaminationKind *kind);
/* The list with these in place of what it had for their kind. Transfer full. */
char      *bf_examination_options_change (const char *list, const BfOptions *options);

G_END_DECLS
