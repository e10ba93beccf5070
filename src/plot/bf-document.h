/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A PDF of several pages: headings, paragraphs, tables and figures, one below the other. What is added
 * is laid out at once and broken into pages at the end: a table flows on with its head repeated, a
 * figure stays with its caption, a heading with what it heads. Headings make the outline. Sizes in points.
 */
#pragma once

#include "bf-figure.h"

G_BEGIN_DECLS

typedef enum { BF_PAPER_A4, BF_PAPER_LETTER, BF_N_PAPERS } BfPaper;

/* The paper of the locale (LC_PAPER); A4 where it is not told. */
BfPaper bf_paper_get_default (void);
/* Points, upright. */
void    bf_paper_get_size    (BfPaper paper, double *width, double *height);

typedef struct
{
  BfPaper paper;
  const char *title;        /* of the metadata */
  const char *footer;       /* at the foot of each page, beside its number */
  const char *experiment;   /* JSON text to carry, or NULL */
  const char *font;         /* family list; NULL: the figures' own */
  gint64 created;           /* seconds since 1970 */
  gboolean right_to_left;   /* columns from right to left; text goes by its own letters */
} BfDocumentInfo;

typedef enum
{
  BF_DOCUMENT_TITLE,        /* of the whole */
  BF_DOCUMENT_LEAD,         /* below the title */
  BF_DOCUMENT_HEADING,      /* of a part; in the outline */
  BF_DOCUMENT_SUBHEADING,   /* … of a part of it; in the outline below it */
  BF_DOCUMENT_STRONG,       /* a line that heads what follows, not in the outline */
  BF_DOCUMENT_BODY,
  BF_DOCUMENT_NOTE,         /* small */
  BF_N_DOCUMENT_TEXTS
} BfDocumentText;

typedef struct
{
  const char *title;        /* NULL: the table has no head */
  gboolean number;          /* stands at the end of its column, never wrapped */
  gboolean dim;             /* names what stands beside it */
  gboolean whole;           /* stands at the start, never wrapped */
} BfDocumentColumn;

typedef struct _BfDocument BfDocument;

BfDocument *bf_document_new   (const BfDocumentInfo *info);
void        bf_document_free  (BfDocument *self);

/* Nothing for "" or NULL. */
void        bf_document_add_text   (BfDocument *self, BfDocumentText how, const char *text);
/* cells: rows of n_columns, NULL or "" is an empty cell. Takes copies. */
void        bf_document_add_table  (BfDocument *self, const BfDocumentColumn *columns, guint n_columns,
                                    const char *const *cells, guint n_rows);
/* Draws the figure as wide as the page's text; data is borrowed until the document is printed. reading: how to read
 * it, below its number; NULL: the number and the figure's name alone. */
void        bf_document_add_figure (BfDocument *self, const BfFigure *figure, const BfFigureData *data,
                                    const char *reading);
/* What follows begins a page. */
void        bf_document_break_page (BfDocument *self);

/* Ends the document: the file's bytes, or NULL and error. n_pages may be NULL. */
GBytes     *bf_document_print (BfDocument *self, guint *n_pages, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfDocument, bf_document_free)

G_END_DECLS
