/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-damage.h"

#define VALUES 1024   /* enough that two snapshots do not have the same one */

void
bf_damage_area (GtkSnapshot           *snapshot,
                const graphene_rect_t *area,
                float                  value)
{
  gtk_snapshot_append_color (snapshot, &(GdkRGBA) { value, 0, 0, 0 }, area);
}

/* GTK takes a snapshot of a widget only when something in it changed. */
void
bf_damage_widget (GtkSnapshot *snapshot,
                  GtkWidget   *widget)
{
  static guint count;

  count = (count + 1) % VALUES;
  bf_damage_area (snapshot, &GRAPHENE_RECT_INIT (0, 0, gtk_widget_get_width (widget), gtk_widget_get_height (widget)),
                  (float) count / VALUES);
}
