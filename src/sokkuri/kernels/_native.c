/* The module of the C kernels; each family's bind.c holds its functions. */
#include <string.h>

#include "bind.h"
#include "isa.h"

static PyObject *limit_isa(PyObject *module, PyObject *name) {
    (void)module;
    for (int level = 0; level < ISA_COUNT; level++)
        if (PyUnicode_Check(name) && PyUnicode_CompareWithASCIIString(name, isa_name(level)) == 0) {
            isa_limit(level);
            return PyUnicode_FromString(isa_name(isa_level()));
        }
    PyErr_SetString(PyExc_ValueError, "no loops of this name");
    return NULL;
}

static PyObject *isa(PyObject *module, PyObject *ignored) {
    (void)module;
    (void)ignored;
    return PyUnicode_FromString(isa_name(isa_level()));
}

static PyMethodDef methods[] = {
    {"lanczos", bind_lanczos, METH_VARARGS,
     "lanczos(source, width, height, channels, across, down, columns_first) -> bytearray"},
    {"lanczos_spans", bind_lanczos_spans, METH_VARARGS,
     "lanczos_spans(inputs, outputs) -> (firsts, lengths, weights)"},
    {"above_mean", bind_above_mean, METH_VARARGS,
     "above_mean(values, channels, used, by_channel) -> bytes"},
    {"quality_counts", bind_quality_counts, METH_VARARGS,
     "quality_counts(source, width, height, channels, columns, rows) -> bytes"},
    {"luma", bind_luma, METH_VARARGS, "luma(source, width, height) -> bytearray"},
    {"colour_counts", bind_colour_counts, METH_VARARGS,
     "colour_counts(source, luma, width, height) -> bytes"},
    {"block_sums", bind_block_sums, METH_VARARGS,
     "block_sums(luma, width, height, blocks) -> bytearray"},
    {"haar_averages", bind_haar_averages, METH_VARARGS,
     "haar_averages(values, side, size) -> bytearray"},
    {"pdq_frequencies", bind_pdq_frequencies, METH_VARARGS,
     "pdq_frequencies(source, width, height, channels, columns, rows, across, down, waves) -> "
     "(bytes, int)"},
    {"look", bind_look, METH_VARARGS, "look(source, width, height, linear, roots) -> bytes"},
    {"look_frame", bind_look_frame, METH_VARARGS,
     "look_frame(source, width, height, channels) -> (top, bottom, left, right)"},
    {"points", bind_points, METH_VARARGS,
     "points(luma, width, height, most, tables) -> (places, codes)"},
    {"count_votes", bind_count_votes, METH_VARARGS,
     "count_votes(own, others, points, photos, tolerance, votes, tables)"},
    {"join", bind_join, METH_VARARGS,
     "join(keys, marks, starts, ids, other_keys, other_marks, other_starts, other_ids, "
     "owners, earlier, limit, cells, first, end, set, size) -> (end, size)"},
    {"judge", bind_judge, METH_VARARGS,
     "judge(query, records, rows, ways, room, verdicts, tables)"},
    {"hamming_all", bind_hamming_all, METH_VARARGS,
     "hamming_all(codes, query, width, first, last, metric, distances)"},
    {"hamming_nearest", bind_hamming_nearest, METH_VARARGS,
     "hamming_nearest(codes, queries, mask, width, first, last, metric, k, distances, rows, sizes)"},
    {"hamming_within", bind_hamming_within, METH_VARARGS,
     "hamming_within(codes, queries, mask, width, first, last, metric, limit, numbers, rows, "
     "distances, block, query) -> (done, count, block, query)"},
    {"hamming_refine", bind_hamming_refine, METH_VARARGS,
     "hamming_refine(codes, query, mask, width, metric, limit, listed, distances) -> count"},
    {"hamming_refine_nearest", bind_hamming_refine_nearest, METH_VARARGS,
     "hamming_refine_nearest(codes, query, mask, width, listed, k, distances, rows, size) -> size"},
    {"mih_sort", bind_mih_sort, METH_VARARGS,
     "mih_sort(codes, width, first, bits, starts, ids)"},
    {"mih_candidates", bind_mih_candidates, METH_VARARGS,
     "mih_candidates(codes, queries, width, tables) -> int"},
    {"mih_within", bind_mih_within, METH_VARARGS,
     "mih_within(codes, queries, mask, width, tables, limit, numbers, rows, distances, query) "
     "-> (done, count, query)"},
    {"choose_bits", bind_choose_bits, METH_VARARGS,
     "choose_bits(codes, chosen, result)"},
    {"count_blocks", bind_count_blocks, METH_VARARGS,
     "count_blocks(codes, width, starts, words, masks, result, stride)"},
    {"limit_isa", limit_isa, METH_O,
     "Use no loops beyond these: portable, neon, avx2, avx512 (all); return what is in use."},
    {"isa", isa, METH_NOARGS, "Name of the loops in use."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_native", "The C kernels; see the Python modules beside it.", -1,
    methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__native(void) { return PyModule_Create(&definition); }
