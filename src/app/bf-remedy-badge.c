/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-remedy-badge.h"

void
bf_remedy_badge_set (GtkWidget      *badge,
                     const BfRemedy *remedy)
{
  const char *name = remedy ? bf_kind_get_name (&remedy->kind) : NULL;

  gtk_widget_set_visible (badge, remedy != NULL);
  if (remedy == NULL)
    return;
  gtk_label_set_label (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (badge))), name);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (badge), "s", remedy->kind.id);
  gtk_accessible_update_property (GTK_ACCESSIBLE (badge), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}
