#include <string.h>

#include "bind.h"
#include "mih/mih.h"

/* mih_sort(codes, width, first, bits, starts, ids) */
PyObject *bind_mih_sort(PyObject *module, PyObject *args) {
    (void)module;
    Py_buffer codes, starts, ids;
    Py_ssize_t width, first, bits;
    if (!PyArg_ParseTuple(args, "y*nnnw*w*", &codes, &width, &first, &bits, &starts, &ids))
        return NULL;
    int done = 0;
    if (width < 1 || width > MIH_BYTES || codes.len % width || bits < 1 || bits > MIH_BITS ||
        first < 0 || first + bits > 8 * width || codes.len / width > UINT32_MAX ||
        starts.len != (((Py_ssize_t)1 << bits) + 1) * 4 || ids.len != codes.len / width * 4) {
        PyErr_SetString(PyExc_ValueError, "the table does not fit the codes");
    } else {
        Py_BEGIN_ALLOW_THREADS
        mih_sort(codes.buf, (size_t)(codes.len / width), (size_t)width, (size_t)first, (size_t)bits,
                 starts.buf, ids.buf);
        Py_END_ALLOW_THREADS
        done = 1;
    }
    PyBuffer_Release(&codes);
    PyBuffer_Release(&starts);
    PyBuffer_Release(&ids);
    if (!done) return NULL;
    Py_RETURN_NONE;
}

/* What an index is made of, held while a search runs. */
typedef struct {
    Py_buffer codes, queries, mask, starts[MIH_TABLES], ids[MIH_TABLES], flips[MIH_TABLES];
    mih_table tables[MIH_TABLES];
    mih_index index;
    size_t held;
} held_index;

static void release(held_index *held) {
    if (held->codes.obj != NULL) PyBuffer_Release(&held->codes);
    if (held->queries.obj != NULL) PyBuffer_Release(&held->queries);
    if (held->mask.obj != NULL) PyBuffer_Release(&held->mask);
    for (size_t t = 0; t < held->held; t++) {
        PyBuffer_Release(&held->starts[t]);
        PyBuffer_Release(&held->ids[t]);
        PyBuffer_Release(&held->flips[t]);
    }
}

/* Bucket numbers and rows are trusted: mih_sort() made them, and reading them all to check would
 * cost more than the search. */
static int hold_table(PyObject *item, held_index *held, Py_ssize_t width, Py_ssize_t rows) {
    const size_t t = held->held;
    Py_ssize_t first, bits, probes;
    unsigned int radius;
    if (!PyArg_ParseTuple(item, "nny*y*y*nI", &first, &bits, &held->starts[t], &held->ids[t],
                          &held->flips[t], &probes, &radius))
        return 0;
    held->held++;
    const uint32_t *flips = held->flips[t].buf, *starts = held->starts[t].buf;
    int fits = bits >= 1 && bits <= MIH_BITS && first >= 0 && first + bits <= 8 * width &&
               held->starts[t].len == (((Py_ssize_t)1 << bits) + 1) * 4 &&
               held->ids[t].len == rows * 4 && probes >= 0 && probes * 4 <= held->flips[t].len &&
               starts[(size_t)1 << bits] == (size_t)rows;
    for (Py_ssize_t i = 0; fits && i < probes; i++) fits = flips[i] >> bits == 0;
    if (!fits) PyErr_SetString(PyExc_ValueError, "a table does not fit the codes");
    held->tables[t] = (mih_table){(size_t)first, (size_t)bits, starts, held->ids[t].buf, flips,
                                  (size_t)probes, radius};
    return fits;
}

static int hold(held_index *held, Py_ssize_t width, PyObject *tables) {
    const Py_ssize_t count = PyTuple_Size(tables);
    if (width < 1 || width > MIH_BYTES || held->codes.len % width || held->queries.len % width ||
        count < 1 || count > MIH_TABLES || held->queries.len / width > INT32_MAX ||
        (held->mask.obj != NULL && held->mask.len != held->codes.len / width)) {
        if (!PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, "codes and queries do not fit");
        return 0;
    }
    const Py_ssize_t rows = held->codes.len / width;
    for (Py_ssize_t t = 0; t < count; t++)
        if (!hold_table(PyTuple_GetItem(tables, t), held, width, rows)) return 0;
    held->index = (mih_index){{held->codes.buf, held->mask.obj == NULL ? NULL : held->mask.buf,
                               (size_t)width, 0, (size_t)rows},
                              held->tables,
                              (size_t)count};
    return 1;
}

/* mih_candidates(codes, queries, width, tables) -> int, over all queries */
PyObject *bind_mih_candidates(PyObject *module, PyObject *args) {
    (void)module;
    held_index held;
    memset(&held, 0, sizeof held);
    Py_ssize_t width;
    PyObject *tables, *result = NULL;
    if (!PyArg_ParseTuple(args, "y*y*nO!", &held.codes, &held.queries, &width, &PyTuple_Type, &tables))
        return NULL;
    if (hold(&held, width, tables)) {
        uint64_t sum = 0;
        Py_BEGIN_ALLOW_THREADS
        for (Py_ssize_t at = 0; at < held.queries.len; at += width)
            sum += mih_candidates(&held.index, (const uint8_t *)held.queries.buf + at);
        Py_END_ALLOW_THREADS
        result = PyLong_FromUnsignedLongLong(sum);
    }
    release(&held);
    return result;
}

/* mih_within(codes, queries, mask or None, width, tables, limit, numbers, rows, distances, query)
 * -> (done, count, query) */
PyObject *bind_mih_within(PyObject *module, PyObject *args) {
    (void)module;
    held_index held;
    memset(&held, 0, sizeof held);
    Py_buffer numbers, rows, distances;
    Py_ssize_t width, query;
    unsigned int limit;
    PyObject *tables, *result = NULL;
    if (!PyArg_ParseTuple(args, "y*y*z*nO!Iw*w*w*n", &held.codes, &held.queries, &held.mask, &width,
                          &PyTuple_Type, &tables, &limit, &numbers, &rows, &distances, &query))
        return NULL;
    const size_t room = (size_t)numbers.len / 4;
    if (!hold(&held, width, tables)) {
        /* The error is set. */
    } else if ((size_t)rows.len != room * 8 || (size_t)distances.len != room * 4 || query < 0) {
        PyErr_SetString(PyExc_ValueError, "the arrays for hits do not fit each other");
    } else {
        hamming_hits hits = {numbers.buf, rows.buf, distances.buf, 0, room, 0, (size_t)query};
        int done;
        Py_BEGIN_ALLOW_THREADS
        done = mih_within(&held.index, held.queries.buf, (size_t)(held.queries.len / width), limit,
                          &hits);
        Py_END_ALLOW_THREADS
        result = Py_BuildValue("(inn)", done, (Py_ssize_t)hits.size, (Py_ssize_t)hits.query);
    }
    release(&held);
    PyBuffer_Release(&numbers);
    PyBuffer_Release(&rows);
    PyBuffer_Release(&distances);
    return result;
}
