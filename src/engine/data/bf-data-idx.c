/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * MNIST, Kuzushiji-MNIST, E-MNIST and whatever else comes as IDX files in a folder.
 */
#include "bf-dataset.h"

#include <glib/gi18n-lib.h>
#include "bf-idx-folder.h"

static BfRawData *
load (const BfOptions *options, guint64 seed, const char *folder, GCancellable *cancellable, GError **error)
{
  if (!folder)
    folder = bf_options_text (options, "folder");
  if (!*folder)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_INVALID, _("No folder of IDX files is chosen."));
      return NULL;
    }
  return bf_idx_folder_read (folder, bf_options_text (options, "set"), NULL, cancellable, error);
}

static const BfParam params[] = {
  { "folder", N_("Folder"), BF_PARAM_TEXT },
  { "set", N_("Set"), BF_PARAM_TEXT },
  { NULL },
};

const BfDataSource bf_data_idx = {
  .kind = {
    .id = "idx",
    .name = N_("IDX Files"),
    .summary = N_("Images from a folder in the format of MNIST, also Kuzushiji-MNIST and E-MNIST, raw or .gz"),
    .params = params,
  },
  .load = load,
};
