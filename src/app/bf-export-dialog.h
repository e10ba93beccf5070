/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * BfExportDialog makes a file of a figure as it stood when the dialog opened. The preview is drawn
 * by the function that writes the file, so what it shows is what comes out.
 */
#pragma once

#include <adwaita.h>

#include "bf-centre.h"
#include "bf-scene.h"

G_BEGIN_DECLS

#define BF_TYPE_EXPORT_DIALOG (bf_export_dialog_get_type ())
G_DECLARE_FINAL_TYPE (BfExportDialog, bf_export_dialog, BF, EXPORT_DIALOG, AdwWindow)

/* scene: reffed. centre: gets the toasts; may be NULL. */
GtkWindow *bf_export_dialog_new (const BfFigure *figure, BfScene *scene, BfCentre *centre);

G_END_DECLS
