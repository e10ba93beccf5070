/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A popover to pick several remedies that a row of a study has at once. It says where one of them
 * loses against another. Signal "add" when they are picked.
 */
#pragma once

#include <gtk/gtk.h>
#include "../lab/bf-study-session.h"

G_BEGIN_DECLS

#define BF_TYPE_STUDY_COMBINE (bf_study_combine_get_type ())
G_DECLARE_FINAL_TYPE (BfStudyCombine, bf_study_combine, BF, STUDY_COMBINE, GtkPopover)

void  bf_study_combine_set_study (BfStudyCombine *self, BfStudySession *study);
/* Ids of what is picked, in the table's order. Transfer full. */
GStrv bf_study_combine_get_ids   (BfStudyCombine *self);

G_END_DECLS
