/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Fashion-MNIST (Xiao, Rasul & Vollgraf 2017): 28 × 28 gray images of ten kinds of clothes. The
 * full set when the system has it, else the balanced sample that ships with the program.
 */
#include "bf-dataset.h"

#include <glib/gi18n-lib.h>
#include "bf-count.h"
#include "bf-idx-folder.h"

#define SYSTEM_FOLDER "/usr/share/datasets/fashion-mnist"

static BfRawData *
load (const BfOptions *options, guint64 seed, const char *folder, GCancellable *cancellable, GError **error)
{
  g_autofree char *sample = NULL;
  g_autofree char *n_train = NULL;
  g_autofree char *n_test = NULL;
  BfRawData *raw;

  if (folder || bf_idx_folder_has_images (SYSTEM_FOLDER))
    return bf_idx_folder_read (folder ? folder : SYSTEM_FOLDER, "", &bf_idx_fashion, cancellable, error);

  sample = g_build_filename (bf_data_dir (), "fashion-mnist-sample", NULL);
  raw = bf_idx_folder_read (sample, "", &bf_idx_fashion, cancellable, error);
  if (!raw)
    return NULL;
  n_train = bf_group_digits (raw->n_train);
  n_test = bf_group_digits (raw->n_test);
  g_free (raw->origin);
  raw->origin = g_strdup_printf (_("Fashion-MNIST, the sample of %s training and %s test images that ships with Backflow; "
                                   "install dataset-fashion-mnist for the full set"), n_train, n_test);
  raw->licence = g_strdup (_("The sample’s images are by Zalando SE, under the MIT licence."));
  return raw;
}

const BfDataSource bf_data_fashion_mnist = {
  .kind = {
    .id = "fashion-mnist",
    .name = N_("Fashion-MNIST"),
    .summary = N_("Gray images of ten kinds of clothes, 28 × 28 pixels; the full set when it is installed, else a sample"),
  },
  .load = load,
};
