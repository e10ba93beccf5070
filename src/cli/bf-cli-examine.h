/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What is found out about a run's last weights only when it is asked for.
 */
#pragma once

#include "bf-cli.h"
#include "../lab/bf-examination.h"

G_BEGIN_DECLS

/* Blocks, with a bar on a terminal; Ctrl+C cancels. id: of an examination. Borrowed from the run; NULL with error. */
gpointer bf_cli_examine (BfRun *run, const char *id, const BfOptions *options, GError **error);

G_END_DECLS
