/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * BfCentre is the middle of the window, read from top to bottom: the picture of the network, the
 * evidence in views, the time.
 */
#pragma once

#include <adwaita.h>
#include "../lab/bf-session.h"
#include "bf-compare-view.h"
#include "bf-diagnosis-strip.h"

G_BEGIN_DECLS

#define BF_TYPE_CENTRE (bf_centre_get_type ())
G_DECLARE_FINAL_TYPE (BfCentre, bf_centre, BF, CENTRE, GtkBox)

void bf_centre_set_session (BfCentre *self, BfSession *session);

/* Of the session that was set. */
void bf_centre_set_diagnosis (BfCentre *self, BfSessionDiagnosis *diagnosis);
BfSessionDiagnosis *bf_centre_get_diagnosis (BfCentre *self);   /* borrowed; may be NULL */

/* "gradients", "histograms", "curves", "compare"; another name changes nothing. */
void bf_centre_set_view    (BfCentre *self, const char *name);

/* How high the network picture is at most, px; below 100 it is the stream alone. */
void bf_centre_set_picture_height (BfCentre *self, int height);

/* Goes back from a layer that is enlarged; FALSE: none is. */
gboolean bf_centre_close_details (BfCentre *self);

BfCompareView    *bf_centre_get_compare (BfCentre *self);
BfDiagnosisStrip *bf_centre_get_strip   (BfCentre *self);

/* toast: transfer full. */
void bf_centre_add_toast   (BfCentre *self, AdwToast *toast);
/* "Saved to Pictures" with a button that opens the folder. */
void bf_centre_toast_saved (BfCentre *self, GFile *file);

/* Adds what the centre does to the window's actions (`win.view(s)`, `win.quantity(s)`,
 * `win.scale-lock`, `win.export-figure`, `win.copy-figure`, `win.examine`) and to the group that the window
 * inserts as `run` (`run.play`, `run.live`). Call once, when both maps stand. */
void bf_centre_add_actions (BfCentre *self, GActionMap *window, GActionMap *run);

G_END_DECLS
