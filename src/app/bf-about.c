/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "bf-about.h"

void
bf_about_present (GtkWindow *parent)
{
  adw_show_about_window (parent,
                         "application-name", "Backflow",
                         "application-icon", "io.github.backflow.Backflow",
                         "version", BF_VERSION,
                         "developer-name", _("The Backflow authors"),
                         "copyright", "© 2026 The Backflow authors",
                         "license-type", GTK_LICENSE_GPL_3_0,
                         "comments", _("A laboratory for gradient flow: build a network, train it, and watch "
                                       "how far the gradient gets on its way back."),
                         "translator-credits", _("translator-credits"),
                         NULL);
}
