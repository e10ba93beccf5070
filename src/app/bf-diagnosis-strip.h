/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * BfDiagnosisStrip is the verdict under the timeline: what is wrong and why in two sentences, what to try
 * as buttons, and Explain with the numbers behind it.
 */
#pragma once

#include <gtk/gtk.h>
#include "../lab/bf-session-diagnosis.h"

G_BEGIN_DECLS

#define BF_TYPE_DIAGNOSIS_STRIP (bf_diagnosis_strip_get_type ())
G_DECLARE_FINAL_TYPE (BfDiagnosisStrip, bf_diagnosis_strip, BF, DIAGNOSIS_STRIP, GtkBox)

void bf_diagnosis_strip_set_session (BfDiagnosisStrip *self, BfSession *session, BfSessionDiagnosis *diagnosis);
/* In a low window the sentence goes into the tooltip. */
void bf_diagnosis_strip_set_low     (BfDiagnosisStrip *self, gboolean low);
/* Opens Explain; remedy: the id of the one to point at, or "". */
void bf_diagnosis_strip_explain     (BfDiagnosisStrip *self, const char *remedy);

G_END_DECLS
