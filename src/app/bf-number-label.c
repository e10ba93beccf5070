/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-number-label.h"

#define LEFT_TO_RIGHT_MARK "\xe2\x80\x8e"

void
bf_number_label_set (GtkLabel   *label,
                     const char *number)
{
  g_return_if_fail (GTK_IS_LABEL (label));

  g_autofree char *marked = NULL;
  if (gtk_widget_get_direction (GTK_WIDGET (label)) == GTK_TEXT_DIR_RTL)
    marked = g_strconcat (LEFT_TO_RIGHT_MARK, number, NULL);
  gtk_label_set_label (label, marked ? marked : number);
}

char *
bf_number_label_mark (const char *number)
{
  return g_strconcat (gtk_widget_get_default_direction () == GTK_TEXT_DIR_RTL ? LEFT_TO_RIGHT_MARK : "", number, NULL);
}
