#include <stdlib.h>

#include "bind.h"
#include "judge/judge.h"

enum { QUERY, RECORDS, ROWS, WAYS, VERDICTS, TURNS, SCALES, SIZES, AREAS, ARRAYS };

static int rows_fit(const Py_buffer *values, Py_ssize_t count, int64_t records) {
    const int64_t *rows = values->buf;
    if (values->len != count * 8) return 0;
    for (Py_ssize_t k = 0; k < count; k++)
        if (rows[k] < 0 || rows[k] >= records) return 0;
    return 1;
}

static int arrays_fit(const Py_buffer *arrays, int room, votes_tables *tables) {
    if (room < 1 || room > POINTS_MOST) return 0;
    const Py_ssize_t record = (Py_ssize_t)judge_record_bytes(room), count = arrays[WAYS].len;
    return arrays[QUERY].len == record && arrays[RECORDS].len % record == 0 &&
           arrays[VERDICTS].len == count * (Py_ssize_t)sizeof(judge_verdict) &&
           rows_fit(arrays + ROWS, count, arrays[RECORDS].len / record) &&
           votes_tables_fit(arrays + TURNS, tables);
}

PyObject *bind_judge(PyObject *module, PyObject *args) {
    (void)module;
    PyObject *objects[ARRAYS], *result = NULL;
    int room, held = 0;
    if (!PyArg_ParseTuple(args, "OOOOiO(OOOO)", &objects[QUERY], &objects[RECORDS], &objects[ROWS],
                          &objects[WAYS], &room, &objects[VERDICTS], &objects[TURNS],
                          &objects[SCALES], &objects[SIZES], &objects[AREAS]))
        return NULL;
    Py_buffer arrays[ARRAYS];
    votes_tables tables;
    while (held < ARRAYS && PyObject_GetBuffer(objects[held], &arrays[held],
                                               held == VERDICTS ? PyBUF_WRITABLE : PyBUF_SIMPLE) == 0)
        held++;
    judge_scratch *scratch = NULL;
    if (held < ARRAYS) {
        /* The error is set. */
    } else if (!arrays_fit(arrays, room, &tables)) {
        PyErr_SetString(PyExc_ValueError, "the descriptions, the rows or the tables are out of bounds");
    } else if ((scratch = malloc(sizeof *scratch)) == NULL) {
        PyErr_NoMemory();
    } else {
        Py_BEGIN_ALLOW_THREADS
        judge(arrays[QUERY].buf, arrays[RECORDS].buf, room, arrays[ROWS].buf, arrays[WAYS].buf,
              (size_t)arrays[WAYS].len, &tables, scratch, arrays[VERDICTS].buf);
        Py_END_ALLOW_THREADS
        Py_INCREF(Py_None);
        result = Py_None;
    }
    free(scratch);
    while (held-- > 0) PyBuffer_Release(&arrays[held]);
    return result;
}
