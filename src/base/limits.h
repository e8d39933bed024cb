/* limits.h — every limit, with its reason.  A test reaches each of them. */
#ifndef ANLAO_BASE_LIMITS_H
#define ANLAO_BASE_LIMITS_H

#define LIMIT_DOCUMENT_BYTES (4u << 20) /* a document people read; the longest seed has 26 KB */
#define LIMIT_DOCUMENTS                                                                            \
    256u /* documents in one model; five places with all layers are under 60                       \
          */
#define LIMIT_CLAUSES     100000u /* rows of a list of clauses; the five seed documents have 443 */
#define LIMIT_LSP_HEADER  4096u   /* of one message of an editor: two lines of some 60 bytes */
#define LIMIT_LSP_MESSAGE (32u << 20) /* the longest document, with every byte escaped */
#define LIMIT_LSP_OPEN    256u        /* documents open in one editor: as many as make a model */
#define LIMIT_DIAGS       500u        /* nobody reads more at once */
#define LIMIT_NESTING     64u         /* parentheses and cases; a clerk reads three */
#define LIMIT_NAME        48u /* a declared name; PostgreSQL cuts identifiers at 63 with our suffixes */
#define LIMIT_FIELDS      120u /* of one entity; SQLite allows 2,000 columns, a form does not */
#define LIMIT_FIELDS_KEPT                                                                          \
    240u /* of one entity, with those that records once held; PostgreSQL has 1,600 columns */
#define LIMIT_PLACE_PATH    3u /* certificate.staff.facility.region; scopes follow it for each row */
#define LIMIT_AGE           130u  /* years: nobody is known to have been older than 122 */
#define LIMIT_CODES         63u   /* of one enum that is used in a set: a set is 64 bits */
#define LIMIT_STATES        63u   /* of one procedure: sets of states are 64 bits */
#define LIMIT_NEEDS         64u   /* papers of one step: which are lacking is a 64-bit set */
#define LIMIT_TIMES         1000u /* times in a period; more than twice a day in a year */
#define LIMIT_RULE_STEPS    4096u /* steps of one compiled program part; 1 KB of registers each */
#define LIMIT_RULE_INPUTS   64u   /* facts and params one rule reads: its missing set is 64 bits */
#define LIMIT_EXCEPTIONS    32u   /* of one benefit: who reads more? */
#define LIMIT_GROUP_MEMBERS 32u   /* of one `combine`; their facts share one missing set */
#define LIMIT_CSV_CELL      (64u << 10)  /* a remark, not a file */
#define LIMIT_CSV_COLUMNS   512u         /* the widest sheet seen has some 90 */
#define LIMIT_CSV_BYTES     (2ull << 30) /* a million people with forty columns are 0.3 GB */
#define LIMIT_XLSX_BYTES    (256u << 20) /* packed; a million rows of twenty columns are 230 MB */
#define LIMIT_XLSX_PART     (1u << 30)   /* unpacked: such a sheet has some 900 MB */
#define LIMIT_XLSX_SMALL_PART                                                                      \
    (16u << 20)                         /* styles and names of sheets; a small bomb stays small    \
                                         */
#define LIMIT_XLSX_DEPTH     64u        /* elements inside each other: real ones have some ten */
#define LIMIT_XLSX_TOKEN     (2u << 20) /* one tag or comment: real ones have some kilobytes */
#define LIMIT_XLSX_SHEETS    256u       /* of one workbook: a city has fewer townships */
#define LIMIT_XLSX_TEXTS     4000000u   /* different texts: names and numbers of a million people */
#define LIMIT_REQUEST_BODY   (1u << 20) /* a form; uploads come with their own limit */
#define LIMIT_UPLOADS        8u     /* forms with a file held at once: 64 MB; the next one waits */
#define LIMIT_REQUEST_FIELDS 512u   /* form fields of one request */
#define LIMIT_SESSIONS       20000u /* of one process; a city has some 3,000 accounts */
#define LIMIT_FOLDERS        32     /* folders inside folders; packs have four */
#define LIMIT_AMENDMENTS     64u /* of one declaration: one a year for longer than anything is kept */
#define LIMIT_GROUP_CHANGES                                                                        \
    50u /* changes in one commit: beyond 64 subtransactions PostgreSQL slows */
#define LIMIT_STANDBY_SECONDS                                                                      \
    10u /* that a commit waits for a standby of PostgreSQL; who waits for a county waits as long   \
         */
#define LIMIT_IMPORT_CHUNK 2000u /* rows in one commit of an import */
#define LIMIT_IMPORT_HELD                                                                          \
    (16u << 20) /* bytes of read rows: then they are committed, or let go where nothing changes */
#define LIMIT_IMPORT_TRIED                                                                         \
    5000u /* rows of a tried import that are put to the accounts: others wait meanwhile, a second  \
           */
#define LIMIT_IMPORT_REFUSED                                                                       \
    20000u /* rows refused while an import is applied that are told one by one, some 4 MB; of more \
              the file is sent again */
#define LIMIT_IMPORT_ELSEWHERE                                                                     \
    500u /* people of files that are told to be registered elsewhere, an account and day: a list   \
            with more is another county's */
/* Those that a refusal names are without a suffix: it has them from here (DIGITS_OF). */
#define DIGITS_OF(limit)  DIGITS_OF_(limit)
#define DIGITS_OF_(limit) #limit
#define LIMIT_REASON      1000 /* characters of why something is done: a page, and a line of a list */
#define LIMIT_LEDGER_MOVE                                                                          \
    256u /* transfers in one entry: a pay run moves one for each fund and benefit */
#define LIMIT_LEDGER_SHOWN                                                                         \
    5000u /* holders of one account in one county that a page of balances shows, and transfers     \
             that wait for a second person */
#define LIMIT_FILE_BYTES                                                                           \
    (8u << 20) /* a file that lies with a record: a scan of ten pages; it is held in memory whole  \
                */
#define LIMIT_FILE_NAME 100u /* characters of its name */
#define LIMIT_ACK_DAYS                                                                             \
    366u /* for so long an alert may be put aside: what lasts is looked at anew */
#define LIMIT_ACK_REASON 200 /* characters of why */
#define LIMIT_NOTICE_WORDS                                                                         \
    200 /* characters of how a score was told, of an answer and of what was decided; more is a     \
         * file                                                                                    \
         */
#define LIMIT_FILES 200u /* with one record: ten papers a year for twenty years */
#define LIMIT_PAGE_EXPORT                                                                          \
    20000u /* records in one file of a page: it lies in memory; all: `anlao export` */
#define LIMIT_LOOKS_UNSHIPPED                                                                      \
    300u /* seconds for which looks wait for an entry to be shipped with; as often as seals */
#define LIMIT_LOOKS_WAITING 20000u /* not written yet: minutes of a whole city */
#define LIMIT_RANGE_BYTES                                                                          \
    (1u << 30) /* payload of one range: a night's answers of a whole county go in one entry */
#define LIMIT_NODE_GUESTS    64u   /* nodes that wait to be let in: a city has a dozen counties */
#define LIMIT_SEAL_COUNTIES  4096u /* lines of one seal; China has some 2,850 counties */
#define LIMIT_PAGE_ROWS      200u  /* rows of one list page */
#define LIMIT_TEMPLATE_DEPTH 16u   /* partials inside partials */
#define LIMIT_WHAT_IF_SETS   32u   /* values supposed at once: a form, not a document */
#define LIMIT_WHAT_IF_TEXT   400u  /* bytes of one of them */
#define LIMIT_WHAT_IF_DRAFTS 16u   /* documents supposed at once */
#define LIMIT_WHAT_IF_MONTHS 120u  /* two five-year plans */
#define LIMIT_WHAT_IF_MOVERS 200u  /* records listed: as many as a page of a list */

/* Of the receipt of one draw. */
#define LIMIT_RECEIPT_BYTES (16u << 20) /* some 200,000 lines */
#define LIMIT_RECEIPT_ROWS  200000u     /* of each list in it; a province has some 3,000 homes */
#define LIMIT_RECEIPT_EACH  16u         /* people sent to one place */
#define LIMIT_RECEIPT_CELL  400u        /* bytes of a name or a secret */

#define LIMIT_ISSUED_BYTES (24u << 20) /* one paper or receipt as it was issued */

/* Of one paper. */
#define LIMIT_PAPER_ROWS    10000u /* of one list on it: 250 sheets; nobody signs more at once */
#define LIMIT_PAPER_COLUMNS 40u    /* what A3 crosswise holds in the smallest print */
#define LIMIT_PAPER_LINES   60u    /* empty lines to write on: two pages */

/* Of one indicator beside region and period: a table people read; figures of one region, each a
 * tally for all places. */
#define LIMIT_FIGURE_INDEXES 3u
#define LIMIT_FIGURE_CELLS   1024u

/* Lines of a pay run whose accounts a page compares: each is opened. */
#define LIMIT_PAY_HINTS 20000
#define LIMIT_MESSAGE   2000u /* bytes of why something failed: it repeats what was given */

#endif
