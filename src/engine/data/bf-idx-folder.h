/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#pragma once

#include "bf-dataset.h"
#include "bf-idx-family.h"

G_BEGIN_DECLS

/* Reads the four files of a folder: training and test images and labels under the names of the
 * MNIST family, raw or .gz. set: which of several sets there ("emnist-letters", also "letters"), or
 * "" when there is one. What the classes are called is told by the names of the files and the
 * folder; fallback (may be NULL) is taken where they tell nothing. */
BfRawData *bf_idx_folder_read (const char *folder, const char *set, const BfIdxFamily *fallback,
                               GCancellable *cancellable, GError **error);

/* Whether a folder has training images under such a name. */
gboolean bf_idx_folder_has_images (const char *folder);

G_END_DECLS
