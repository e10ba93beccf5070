/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * IDX, the file format of MNIST and its family: a magic number 00 00 TYPE DIMENSIONS, the size of
 * each dimension as a big-endian 32-bit number, then the elements. Only unsigned bytes (08) are
 * read. See the foot of http://yann.lecun.com/exdb/mnist/.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum { BF_IDX_IMAGES, BF_IDX_LABELS } BfIdxContent;

typedef struct
{
  guint count;           /* first dimension: samples */
  guint features;        /* product of the others; 1 for labels */
  guint width, height;   /* of images; 0 when they have not three dimensions */
  guint8 *bytes;         /* (count, features) */
} BfIdx;

#define BF_IDX_MAX_COUNT    (16u << 20)
#define BF_IDX_MAX_FEATURES 65536u
#define BF_IDX_MAX_BYTES    (2ull << 30)

/* Reads a file, raw or gzip (told by its first bytes, not by its name). The header is checked
 * against these limits and, for raw files, against the file's size; the memory of a compressed
 * file grows as its data really arrive. Errors name the file, what is wrong and what to try. */
BfIdx *bf_idx_read (const char *path, BfIdxContent content, GCancellable *cancellable, GError **error);
void   bf_idx_free (BfIdx *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfIdx, bf_idx_free)

G_END_DECLS
