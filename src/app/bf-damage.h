/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What GTK paints again. It compares what a window shows with what it showed, and keeps what differs as rectangles;
 * where they are more than thirty it gives up and paints the whole window, which takes as long as a figure. While
 * training, some dozen numbers and bars change in a frame. Those that stand together say so: one rectangle around
 * them all, of something invisible that changed.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* This area is painted again when `value` is another than before. */
void bf_damage_area   (GtkSnapshot *snapshot, const graphene_rect_t *area, float value);
/* In a widget's snapshot(): all of it is painted again when anything in it changes. */
void bf_damage_widget (GtkSnapshot *snapshot, GtkWidget *widget);

G_END_DECLS
