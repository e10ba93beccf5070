/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The datasets used last, so that another run on the same data starts at once. Safe from any thread.
 */
#pragma once

#include <gio/gio.h>
#include "../engine/data/bf-dataset.h"

G_BEGIN_DECLS

/* As bf_dataset_load(), which it calls when no run had this data, seed, split and scaling lately. */
BfDataset *bf_data_cache_load (const BfSpec *spec, const char *folder, GCancellable *cancellable, GError **error);

G_END_DECLS
