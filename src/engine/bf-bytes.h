/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Sealed bytes: four letters, a version, the length of what follows, its CRC-32 (IEEE 802.3), and the
 * payload; everything little-endian. Reading never goes past the end: a read that would gives zeros and
 * marks the reader as failed, so a caller checks once.
 */
#pragma once

#include "bf-kind.h"

#include <gsl/gsl_rng.h>

G_BEGIN_DECLS

typedef struct
{
  guint8 *data;
  gsize n, room;
} BfWriter;

typedef struct
{
  const guint8 *next;
  gsize left;
  guint32 version;
  gboolean failed;
} BfReader;

/* magic: four letters. */
void    bf_writer_begin   (BfWriter *self, const char *magic, guint32 version);
GBytes *bf_writer_seal    (BfWriter *self);   /* transfer full; self is empty then */
void    bf_writer_raw     (BfWriter *self, gconstpointer data, gsize n);
void    bf_writer_u8      (BfWriter *self, guint8 value);
void    bf_writer_u32     (BfWriter *self, guint32 value);
void    bf_writer_u64     (BfWriter *self, guint64 value);
void    bf_writer_double  (BfWriter *self, double value);
void    bf_writer_text    (BfWriter *self, const char *text);
/* n words of 32 bits: floats, unsigned integers. */
void    bf_writer_words   (BfWriter *self, gconstpointer words, gsize n);
void    bf_writer_doubles (BfWriter *self, const double *values, gsize n);
/* A mt19937. */
void    bf_writer_random  (BfWriter *self, const gsl_rng *random);

/* bytes outlive self; version: the newest that is understood, self->version: theirs. FALSE with an error when they are not sealed so, damaged, or of a newer version. */
gboolean      bf_reader_open   (BfReader *self, GBytes *bytes, const char *magic, guint32 version, GError **error);
/* All was read, and no more than there is; else an error. */
gboolean      bf_reader_close  (BfReader *self, GError **error);
const guint8 *bf_reader_raw    (BfReader *self, gsize n);   /* NULL: there is not so much left */
guint8        bf_reader_u8     (BfReader *self);
guint32       bf_reader_u32    (BfReader *self);
guint64       bf_reader_u64    (BfReader *self);
double        bf_reader_double (BfReader *self);
char         *bf_reader_text   (BfReader *self);            /* transfer full, never NULL, valid UTF-8 */
void          bf_reader_words  (BfReader *self, gpointer words, gsize n);
void          bf_reader_doubles (BfReader *self, double *values, gsize n);
gsl_rng      *bf_reader_random (BfReader *self);            /* transfer full, NULL when failed */
/* Words found by bf_reader_raw(), 4 n bytes. */
void          bf_bytes_to_words (const guint8 *data, gpointer words, gsize n);

G_END_DECLS
