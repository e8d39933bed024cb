/* ledger.h — words of the ledger that pages know, too: units, and what a transfer does. */
#ifndef ANLAO_DATA_LEDGER_H
#define ANLAO_DATA_LEDGER_H

typedef enum LedgerUnit { LEDGER_FEN = 1, LEDGER_MINUTE, LEDGER_NIGHT } LedgerUnit;

typedef enum TransferState {                    /* stored: never renumber */
                             TRANSFER_HELD = 1, /* reserved: neither side can use it otherwise */
                             TRANSFER_POSTED,   /* by itself, or what `of` held */
                             TRANSFER_RELEASED, /* what `of` held is free again */
                             TRANSFER_REVERSAL, /* what `of` posted goes back */
} TransferState;

#endif
