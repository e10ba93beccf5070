/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the diagnosis says of the run that a session shows, calmly: it looks once a second at most, on a
 * thread of its own, and what it said stays for three seconds, so that words do not flicker while a
 * number wavers around its threshold.
 */
#pragma once

#include "bf-diagnosis.h"
#include "bf-session.h"

G_BEGIN_DECLS

#define BF_TYPE_SESSION_DIAGNOSIS (bf_session_diagnosis_get_type ())
G_DECLARE_FINAL_TYPE (BfSessionDiagnosis, bf_session_diagnosis, BF, SESSION_DIAGNOSIS, GObject)

#define BF_DIAGNOSIS_STAY_SECONDS 3

/* Signal "changed": findings, numbers or the one shown are others; at most once a second while a run trains. */
BfSessionDiagnosis *bf_session_diagnosis_new (BfSession *session);

/* Of BfFinding, the gravest first; one called "none" when all is well; empty until something was measured.
 * Borrowed until "changed". */
GPtrArray       *bf_session_diagnosis_get_findings (BfSessionDiagnosis *self);
/* The one in front: the gravest, or the one chosen; NULL until something was measured. */
const BfFinding *bf_session_diagnosis_get_shown    (BfSessionDiagnosis *self);
/* Puts a finding in front for as long as there is one of that id. */
void             bf_session_diagnosis_choose       (BfSessionDiagnosis *self, const char *id);
/* The snapshot that the findings are of; NULL until something was measured. */
BfSnapshot      *bf_session_diagnosis_get_snapshot (BfSessionDiagnosis *self);
/* Of the data of that run, with its theory; NULL while not known. */
const BfTaskFacts *bf_session_diagnosis_get_facts  (BfSessionDiagnosis *self);
/* Whether a finding suggests this remedy. */
gboolean         bf_session_diagnosis_suggests     (BfSessionDiagnosis *self, const char *remedy_id);

/* Options of bf_thresholds_kind(), copied; NULL: the defaults. */
void             bf_session_diagnosis_set_thresholds (BfSessionDiagnosis *self, const BfOptions *thresholds);
const BfOptions *bf_session_diagnosis_get_thresholds (BfSessionDiagnosis *self);

/* What theory expects of a run that was looked at; NULL: not known yet. Borrowed. */
BfTheory        *bf_run_get_theory (BfRun *run);

/* What a look found, at a time in µs; transfer full. For tests, too. */
void             bf_session_diagnosis_take (BfSessionDiagnosis *self, GPtrArray *findings, gint64 now);

G_END_DECLS
