/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#pragma once

#include "bf-dataset.h"

G_BEGIN_DECLS

#define BF_CSV_TEST_SHARE  0.2
#define BF_CSV_MAX_CLASSES 1000u  /* of words */
#define BF_CSV_FEW_NUMBERS 20u    /* so many different whole numbers are still classes */

/* Reads a table of samples. target: name of the target column (its number, from 1, in a table
 * without a header), or "" for the last. The test samples are drawn by the seed. Errors name the
 * file, the line and the column. */
BfRawData *bf_csv_read (const char *path, const char *target, guint64 seed,
                        GCancellable *cancellable, GError **error);

G_END_DECLS
