/* grammar.y — the language of fenced blocks, one declaration a run.
 * In: tokens of layout.c.  Out: a tree (nodes.def says which child is what).  Actions only call
 * ast_*. Items inside braces need no sign between them, since each begins with its own word;
 * END is let through where it stands. */
%name declaration
%token_prefix TK_
%token_type {Token}
%default_type {Node *}
%extra_argument {Reader *r}
%start_symbol input
%stack_size 800
%stack_overflow { ast_too_deep(r); }
%token_destructor { (void)r; (void)$$; }
%syntax_error {
    (void)yymajor;
    ast_failed(r, TOKEN);
    for (int i = 1; i < YYNTOKEN; i++)
        if (yy_find_shift_action((YYCODETYPE)i, yypParser->yytos->stateno) != YY_ERROR_ACTION)
            ast_expected(r, i);
}
%include {
#include "declare/ast.h"
#include "declare/grammar.h"
#include "declare/parser.h"
}

/* What the parser would do with a token, without doing it: for those who complete and format what an
 * author writes.  The reductions are gone through on a copy of the states. */
%code {
static YYACTIONTYPE entry(YYACTIONTYPE state, int token, bool *found)
{
    int i = yy_shift_ofst[state] + token;
    *found = yy_lookahead[i] == token;
    return *found ? yy_action[i] : yy_default[state];
}

Taking declarationTakes(void *parser, int token)
{
    yyParser *p = parser;
    YYACTIONTYPE states[YYSTACKDEPTH + 2];
    int top = (int)(p->yytos - p->yystack);
    for (int i = 0; i <= top; i++)
        states[i] = p->yystack[i].stateno;
    for (;;) {
        YYACTIONTYPE act = states[top];
        bool word = true;
        if (act <= YY_MAX_SHIFT) {
            act = entry(states[top], token, &word);
            if (!word && yyFallback[token] != 0)
                act = entry(states[top], yyFallback[token], &(bool){ 0 });
        }
        if (act < YY_MIN_REDUCE || top >= YYSTACKDEPTH)
            return (Taking){ act <= YY_MAX_SHIFTREDUCE, word, states[top] };
        top += yyRuleInfoNRhs[act - YY_MIN_REDUCE];
        act = yy_find_reduce_action(states[top], yyRuleInfoLhs[act - YY_MIN_REDUCE]);
        states[++top] = act;
    }
}
}

/* A word of the language is a name wherever its rule does not apply. */
%fallback ID ACCOUNT AFTER ALIKE ALL ANY AT BECAUSE BENEFIT BETWEEN BY CEILING CELL CHECK CHECKED CURE
    DATED DAY DELEGATE DERIVE DONE DRAW DUE DURING DUTY EACH ENTERED ENTITY ENUM EVERY EXAMPLE EXCHANGE
    EXTEND FLOOR FOR FOUND FROM FUND GIVE GIVES GRADE GUARD HOLD HOLDS INDICATOR IS ITEM JUDGEMENT KEY
    LATEST LEFT LIMIT LIST MASKED MEASURED MISSING MONTH NEEDS NOTHING OF ON ONCE ONLY OPEN ORDER
    ORDERED OUT PAGE PAPER PARAM PAY PER PLACE PREFER PROCEDURE PUBLISH RANGE REACHED REGIONS REQUIRE
    REQUIRED REST REVEALS ROLE ROUND ROWS SCORE SECRET SEES SET SETTLE SHEET SHOWS SOURCE STATE TABLE
    TAKE TARGET TASK TEXT THROUGH TITLE TO UNIQUE UNKNOWN UNSURE UNTIL WHEN WHILE WITH WITHIN WRITES
    YEAR.
%fallback ID AGAIN AGAINST ALTHOUGH AMEND AMENDED BE BEFORE COMBINE DISTINCT ENDS EXCEPTION ISSUED LATER MAY NET NUMBERED RAW SUM UP.

%nonassoc LOW.
%nonassoc ELSE WHERE BY EQ IN.

input ::= declared(A).                       { ast_done(r, A); }
input ::= EXPRESSION expr(A).                { ast_done(r, A); }

name(A) ::= ID(B).                           { A = ast_node(r, AST_NAME, B, NULL, NULL); }
names(A) ::= name(B).                        { A = ast_list(r, B); }
names(A) ::= names(B) COMMA name(C).         { A = ast_add(r, B, C); }
string(A) ::= STRING(B).                     { A = ast_node(r, AST_STRING, B, NULL, NULL); }
label(A) ::= .                               { A = NULL; }
label(A) ::= some_label(B).                  { A = B; }
some_label(A) ::= STRING(B).                 { A = ast_node(r, AST_LABEL, B, NULL, NULL); }
some_label(A) ::= STRING(B) SLASH string(C). { A = ast_node(r, AST_LABEL, B, C, NULL); }
path(A) ::= ID(B) path_names(C).             { A = ast_node(r, AST_PATH, B, C, NULL); }
path_names(A) ::= .                          { A = NULL; }
path_names(A) ::= path_names(B) DOT name(C). { A = ast_add(r, B, C); }
paths(A) ::= path(B).                        { A = ast_list(r, B); }
paths(A) ::= paths(B) COMMA path(C).         { A = ast_add(r, B, C); }
date(A) ::= DATE(B).                         { A = ast_node(r, AST_DATE, B, NULL, NULL); }
number(A) ::= NUMBER(B).                     { A = ast_node(r, AST_NUMBER, B, NULL, NULL); }
range(A) ::= unary(B) DOTS(C) unary(D).      { A = ast_node(r, AST_RANGE, C, B, D); }

/* ---- enums */
declared(A) ::= ENUM ID(N) ordered(O) label(L) LB codes(C) RB.
                                             { A = ast_node4(r, AST_ENUM, N, O, L, C, NULL); }
ordered(A) ::= .                             { A = NULL; }
ordered(A) ::= ORDERED(B).                   { A = ast_node(r, AST_NAME, B, NULL, NULL); }
codes(A) ::= .                               { A = NULL; }
codes(A) ::= codes(B) END.                   { A = B; }
codes(A) ::= codes(B) code(C).               { A = ast_add(r, B, C); }
code(A) ::= ID(N) label(L).                  { A = ast_node(r, AST_CODE, N, L, NULL); }
code(A) ::= ID(N) label(L) IS name(W).       { A = ast_node(r, AST_CODE, N, L, W); }

/* ---- entities */
declared(A) ::= ENTITY ID(N) label(L) LB entity_items(I) RB.
                                             { A = ast_node(r, AST_ENTITY, N, L, I); }
entity_items(A) ::= .                        { A = NULL; }
entity_items(A) ::= entity_items(B) END.     { A = B; }
entity_items(A) ::= entity_items(B) entity_item(C). { A = ast_add(r, B, C); }
entity_item(A) ::= PLACE(T) path(P).         { A = ast_node(r, AST_PLACE, T, P, NULL); }
entity_item(A) ::= HOLDS(T) name(B) THROUGH(W) name(E).
    { A = ast_node4(r, AST_HOLDS, T, B, ast_node(r, AST_NAME, W, NULL, NULL), E, NULL); }
entity_item(A) ::= HOLDS(T) name(B) TO(W) name(E).
    { A = ast_node4(r, AST_HOLDS, T, B, ast_node(r, AST_NAME, W, NULL, NULL), E, NULL); }
entity_item(A) ::= DATEDBY(T) BY name(F).    { A = ast_node(r, AST_DATED_BY, T, F, NULL); }
entity_item(A) ::= KEY(T) names(F).          { A = ast_node(r, AST_KEY, T, F, NULL); }
entity_item(A) ::= TITLE(T) names(F).        { A = ast_node(r, AST_TITLE, T, F, NULL); }
entity_item(A) ::= LIST(T) names(F).         { A = ast_node(r, AST_LISTED, T, F, NULL); }
entity_item(A) ::= SHOWS(T) name(F) shown_on(D) where(W).
    { A = ast_node4(r, AST_SHOWS, T, F, D, W, NULL); }
shown_on(A) ::= .                            { A = NULL; }
shown_on(A) ::= ON name(F).                  { A = F; }
entity_item(A) ::= field(F).                 { A = F; }
field(A) ::= ID(N) type(T) label(L) attributes(B).
                                             { A = ast_node4(r, AST_FIELD, N, T, L, B, NULL); }
type(A) ::= ID(T).                           { A = ast_node(r, AST_TYPE, T, NULL, NULL); }
type(A) ::= ID(T) LP number(N) RP.           { A = ast_node(r, AST_TYPE, T, N, NULL); }
type(A) ::= SET(S) OF ID(T).
    { A = ast_node(r, AST_TYPE, T, NULL, ast_node(r, AST_NAME, S, NULL, NULL)); }
attributes(A) ::= .                          { A = NULL; }
attributes(A) ::= attributes(B) attribute(C). { A = ast_add(r, B, C); }
attribute(A) ::= REQUIRED(B).                { A = ast_node(r, AST_ATTRIBUTE, B, NULL, NULL); }
attribute(A) ::= DATED(B).                   { A = ast_node(r, AST_ATTRIBUTE, B, NULL, NULL); }
attribute(A) ::= SECRET(B).                  { A = ast_node(r, AST_ATTRIBUTE, B, NULL, NULL); }
attribute(A) ::= UNIQUE(B).                  { A = ast_node(r, AST_ATTRIBUTE, B, NULL, NULL); }
attribute(A) ::= FOUND(B).                   { A = ast_node(r, AST_ATTRIBUTE, B, NULL, NULL); }
attribute(A) ::= CHECKED(B).                 { A = ast_node(r, AST_ATTRIBUTE, B, NULL, NULL); }
attribute(A) ::= OPEN(B).                    { A = ast_node(r, AST_ATTRIBUTE, B, NULL, NULL); }
attribute(A) ::= RANGE(B) range(C).          { A = ast_node(r, AST_ATTRIBUTE, B, C, NULL); }
attribute(A) ::= BECAUSE STRING(B).          { A = ast_node(r, AST_BECAUSE, B, NULL, NULL); }
attribute(A) ::= EQ(B) expr(C).              { A = ast_node(r, AST_ATTRIBUTE, B, C, NULL); }

declared(A) ::= EXTEND ID(N) LB extend_items(I) RB. { A = ast_node(r, AST_EXTEND, N, I, NULL); }
extend_items(A) ::= .                        { A = NULL; }
extend_items(A) ::= extend_items(B) END.     { A = B; }
extend_items(A) ::= extend_items(B) extend_item(C). { A = ast_add(r, B, C); }
extend_item(A) ::= ID(N) label(L) IS name(W). { A = ast_node(r, AST_CODE, N, L, W); }
extend_item(A) ::= ID(N) some_label(L).      { A = ast_node(r, AST_CODE, N, L, NULL); }
extend_item(A) ::= ID(N) END.                { A = ast_node(r, AST_CODE, N, NULL, NULL); }
extend_item(A) ::= entity_item(B).           { A = B; }

declared(A) ::= REGIONS(T).                  { A = ast_node(r, AST_REGIONS, T, NULL, NULL); }

/* ---- params and tables */
declared(A) ::= PARAM ID(N) label(L) indexes(I) COLON type(T) param_value(V) tails(W).
    { A = ast_node4(r, AST_PARAM, N, L, I, T, ast_add(r, W, V)); }
indexes(A) ::= .                             { A = NULL; }
indexes(A) ::= BY names(B).                  { A = B; }
param_value(A) ::= .                         { A = NULL; }
param_value(A) ::= EQ(T) exprs(B).           { A = ast_node(r, AST_VALUES, T, B, NULL); }
param_value(A) ::= LB(T) arms(B) RB.         { A = ast_node(r, AST_ARMS, T, B, NULL); }
param_value(A) ::= EQ LB(T) arms(B) RB.      { A = ast_node(r, AST_ARMS, T, B, NULL); }
tails(A) ::= .                               { A = NULL; }
tails(A) ::= tails(B) tail(C).               { A = ast_add(r, B, C); }
tail(A) ::= BECAUSE STRING(B).               { A = ast_node(r, AST_BECAUSE, B, NULL, NULL); }
tail(A) ::= SOURCE STRING(B).                { A = ast_node(r, AST_SOURCE, B, NULL, NULL); }
tail(A) ::= UNSURE(B).                       { A = ast_node(r, AST_UNSURE, B, NULL, NULL); }
tail(A) ::= begins(B).                       { A = B; }
tail(A) ::= UNTIL DATE(B).                   { A = ast_node(r, AST_UNTIL, B, NULL, NULL); }

declared(A) ::= SET ID(N) tails(W).          { A = ast_node4(r, AST_SET, N, NULL, NULL, W, NULL); }
declared(A) ::= SET ID(N) EQ exprs(V) tails(W).
    { A = ast_node4(r, AST_SET, N, NULL, V, W, NULL); }
declared(A) ::= SET ID(N) LK exprs(I) RK EQ exprs(V) tails(W).
    { A = ast_node4(r, AST_SET, N, I, V, W, NULL); }

declared(A) ::= DELEGATE ID(N) TO name(L) bounds(B). { A = ast_node(r, AST_DELEGATE, N, L, B); }
bounds(A) ::= .                              { A = NULL; }
bounds(A) ::= bounds(B) FLOOR(T) expr(C).    { A = ast_add(r, B, ast_node(r, AST_FLOOR, T, C, NULL)); }
bounds(A) ::= bounds(B) CEILING(T) expr(C).  { A = ast_add(r, B, ast_node(r, AST_CEILING, T, C, NULL)); }

declared(A) ::= TABLE ID(N) LP axes(X) RP ARROW type(T) label(L) leave(M).
    { A = ast_node4(r, AST_TABLE, N, X, T, L, M); }
declared(A) ::= TABLE ID(N) label(L) KEY name(K) LB columns(C) RB.
    { A = ast_node4(r, AST_CATALOGUE, N, L, K, C, NULL); }
columns(A) ::= some_columns(B).              { A = B; }
columns(A) ::= some_columns(B) END.          { A = B; }
some_columns(A) ::= column(B).               { A = ast_list(r, B); }
some_columns(A) ::= some_columns(B) END column(C). { A = ast_add(r, B, C); }
some_columns(A) ::= some_columns(B) COMMA column(C). { A = ast_add(r, B, C); }
column(A) ::= ID(N) type(T) label(L).        { A = ast_node(r, AST_COLUMN, N, T, L); }
column(A) ::= ID(N) type(T) label(L) name(C). { A = ast_node4(r, AST_COLUMN, N, T, L, C, NULL); }
axes(A) ::= axis(B).                         { A = ast_list(r, B); }
axes(A) ::= axes(B) COMMA axis(C).           { A = ast_add(r, B, C); }
axis(A) ::= ID(N) COLON type(T).             { A = ast_node(r, AST_AXIS, N, T, NULL); }
axis(A) ::= ID(N) COLON type(T) RANGE range(R). { A = ast_node(r, AST_AXIS, N, T, R); }

declared(A) ::= DERIVE ID(E) DOT name(F) label(L) COLON type(T) EQ expr(X) leave(M).
    { A = ast_node4(r, AST_DERIVE, E, ast_node(r, AST_NAME, F->at, M, NULL), L, T, X); }
leave(A) ::= .                               { A = NULL; }
leave(A) ::= some_leave(B).                  { A = B; }
some_leave(A) ::= MAY(T) BE AMENDED BY name(L). { A = ast_node(r, AST_LEAVE, T, L, NULL); }

/* ---- rules */
declared(A) ::= BENEFIT ID(N) label(L) LB rule_items(I) RB.
    { A = ast_node(r, AST_BENEFIT, N, L, I); }
declared(A) ::= CHECK ID(N) label(L) OF name(E) LB rule_items(I) RB.
    { A = ast_node4(r, AST_CHECK, N, L, E, I, NULL); }
rule_items(A) ::= .                          { A = NULL; }
rule_items(A) ::= rule_items(B) END.         { A = B; }
rule_items(A) ::= rule_items(B) rule_item(C). { A = ast_add(r, B, C); }
rule_item(A) ::= FOR(T) name(E).             { A = ast_node(r, AST_FOR, T, E, NULL); }
rule_item(A) ::= IN(T) path(P).              { A = ast_node(r, AST_PLACE, T, P, NULL); }
rule_item(A) ::= TO(T) path(P).              { A = ast_node(r, AST_TO, T, P, NULL); }
rule_item(A) ::= EVERY(T) MONTH governing(G). { A = ast_node(r, AST_EVERY_MONTH, T, G, NULL); }
governing(A) ::= .                           { A = NULL; }
governing(A) ::= ON name(W) DAY.             { A = W; }
governing(A) ::= ANY(W) DAY.                 { A = ast_node(r, AST_NAME, W, NULL, NULL); }
governing(A) ::= EACH(W) DAY.                { A = ast_node(r, AST_NAME, W, NULL, NULL); }
rule_item(A) ::= EVERY YEAR ON MONTHDAY(D).  { A = ast_node(r, AST_EVERY_YEAR, D, NULL, NULL); }
rule_item(A) ::= ONCE(T) ON name(F).         { A = ast_node(r, AST_ONCE, T, F, NULL); }
rule_item(A) ::= ONCE(T) PER path(P) ON name(F) AGAINST name(E) again(X).
    { A = ast_node(r, AST_ONCE, T, F, ast_node4(r, AST_PER, T, P, E, X, NULL)); }
again(A) ::= .                               { A = NULL; }
again(A) ::= AGAIN IF expr(B).               { A = B; }
rule_item(A) ::= FROM(T) MONTH AFTER expr(E). { A = ast_node(r, AST_MONTH_AFTER, T, E, NULL); }
rule_item(A) ::= FROM(T) MONTH OF expr(E).   { A = ast_node(r, AST_MONTH_OF, T, E, NULL); }
rule_item(A) ::= begins(B).                  { A = B; }
rule_item(A) ::= UNTIL DATE(D).              { A = ast_node(r, AST_UNTIL, D, NULL, NULL); }
rule_item(A) ::= WHEN(T) expr(E).            { A = ast_node(r, AST_WHEN, T, E, NULL); }
rule_item(A) ::= PAY(T) expr(E).             { A = ast_node(r, AST_PAY, T, E, NULL); }
rule_item(A) ::= ROUND ID(W) TO number(N).   { A = ast_node(r, AST_ROUND, W, N, NULL); }
rule_item(A) ::= ALIKE(T) paths(P).          { A = ast_node(r, AST_ALIKE, T, P, NULL); }
rule_item(A) ::= FUND(T) funds(F).           { A = ast_node(r, AST_FUND, T, F, NULL); }
rule_item(A) ::= REQUIRE(T) expr(E).         { A = ast_node(r, AST_REQUIRE, T, E, NULL); }
rule_item(A) ::= CURE STRING(Z).             { A = ast_node(r, AST_CURE, Z, NULL, NULL); }
rule_item(A) ::= CURE STRING(Z) SLASH string(E). { A = ast_node(r, AST_CURE, Z, E, NULL); }
rule_item(A) ::= some_leave(B).              { A = B; }
funds(A) ::= fund(B).                        { A = ast_list(r, B); }
funds(A) ::= funds(B) COMMA fund(C).         { A = ast_add(r, B, C); }
funds(A) ::= funds(B) COMMA THEN fund(C).    { A = ast_add(r, B, C); }
fund(A) ::= ID(N).                           { A = ast_node(r, AST_FUND_PART, N, NULL, NULL); }
fund(A) ::= ID(N) number(S).                 { A = ast_node(r, AST_FUND_PART, N, S, NULL); }
fund(A) ::= ID(N) UP TO ID(I) ID(W).
    { A = ast_node4(r, AST_FUND_PART, N, NULL, NULL, ast_node(r, AST_NAME, I, NULL, NULL),
                    ast_node(r, AST_NAME, W, NULL, NULL)); }
fund(A) ::= ID(N) REST(W).
    { A = ast_node(r, AST_FUND_PART, N, NULL, ast_node(r, AST_NAME, W, NULL, NULL)); }

declared(A) ::= EXCEPTION TO ID(R) before(B) label(L) WHEN(T) expr(E) LB rule_items(I) RB.
    { A = ast_node4(r, AST_EXCEPTION, R, NULL, B, L, ast_add(r, I, ast_node(r, AST_WHEN, T, E, NULL))); }
declared(A) ::= EXCEPTION name(N) TO ID(R) before(B) label(L) WHEN(T) expr(E) LB rule_items(I) RB.
    { A = ast_node4(r, AST_EXCEPTION, R, N, B, L, ast_add(r, I, ast_node(r, AST_WHEN, T, E, NULL))); }
before(A) ::= .                              { A = NULL; }
before(A) ::= BEFORE names(B).               { A = B; }
declared(A) ::= COMBINE(T) names(M) COLON name(K) combine_clauses(W).
    { (void)T; A = ast_node4(r, AST_COMBINE, list_first(M)->at, M, K, W, NULL); }
combine_clauses(A) ::= .                     { A = NULL; }
combine_clauses(A) ::= combine_clauses(B) combine_clause(C). { A = ast_add(r, B, C); }
combine_clause(A) ::= BY(T) name(F).         { A = ast_node(r, AST_BY, T, F, NULL); }
combine_clause(A) ::= begins(B).             { A = B; }
combine_clause(A) ::= UNTIL DATE(D).         { A = ast_node(r, AST_UNTIL, D, NULL, NULL); }

begins(A) ::= FROM DATE(D).                  { A = ast_node(r, AST_FROM, D, NULL, NULL); }
begins(A) ::= FROM DATE(D) ALTHOUGH(T) ISSUED LATER.
    { A = ast_node(r, AST_FROM, D, ast_node(r, AST_NAME, T, NULL, NULL), NULL); }

declared(A) ::= AMEND declared(B).           { A = ast_node(r, AST_AMEND, B->at, B, NULL); }
declared(A) ::= ENDS ID(N) end_clauses(W).   { A = ast_node(r, AST_ENDS, N, W, NULL); }
declared(A) ::= ENDS TARGET(T) ID(N) end_clauses(W).
    { A = ast_node(r, AST_ENDS, N, W, ast_node(r, AST_NAME, T, NULL, NULL)); }
declared(A) ::= ENDS HOLD(T) ID(N) DOT name(S) end_clauses(W).
    { A = ast_node(r, AST_ENDS, N, W, ast_node(r, AST_NAME, T, S, NULL)); }
declared(A) ::= ENDS EXCHANGE(T) ID(N) DOT name(S) end_clauses(W).
    { A = ast_node(r, AST_ENDS, N, W, ast_node(r, AST_NAME, T, S, NULL)); }
end_clauses(A) ::= .                         { A = NULL; }
end_clauses(A) ::= end_clauses(B) begins(C). { A = ast_add(r, B, C); }
end_clauses(A) ::= end_clauses(B) UNTIL DATE(D). { A = ast_add(r, B, ast_node(r, AST_UNTIL, D, NULL, NULL)); }

/* ---- figures and duties */
declared(A) ::= INDICATOR ID(N) label(L) unit_label(U) figure_kind(K) EQ expr(E) leave(M).
    { K->b = M; A = ast_node4(r, AST_INDICATOR, N, L, U, K, E); }
figure_kind(A) ::= ID(K) BY dimensions(D).   { A = ast_node(r, AST_NAME, K, D, NULL); }
dimensions(A) ::= sum(B).                    { A = ast_list(r, B); }
dimensions(A) ::= dimensions(B) COMMA sum(C). { A = ast_add(r, B, C); }
unit_label(A) ::= .                          { A = NULL; }
unit_label(A) ::= IN some_label(L).          { A = L; }

declared(A) ::= TARGET ID(N) aim(C) sum(V) clauses(W).
    { A = ast_node4(r, AST_TARGET, N, C, V, W, NULL); }
declared(A) ::= TARGET ID(N) aim(C) BY names(I) clauses(W).
    { A = ast_node4(r, AST_TARGET, N, C, NULL, W, I); }
aim(A) ::= comparison(B).                    { A = B; }
aim(A) ::= LK names(I) RK comparison(B).     { A = ast_node(r, AST_NAME, B->at, I, NULL); }
comparison(A) ::= EQ(B).                     { A = ast_node(r, AST_NAME, B, NULL, NULL); }
comparison(A) ::= LT(B).                     { A = ast_node(r, AST_NAME, B, NULL, NULL); }
comparison(A) ::= LE(B).                     { A = ast_node(r, AST_NAME, B, NULL, NULL); }
comparison(A) ::= GT(B).                     { A = ast_node(r, AST_NAME, B, NULL, NULL); }
comparison(A) ::= GE(B).                     { A = ast_node(r, AST_NAME, B, NULL, NULL); }
clauses(A) ::= .                             { A = NULL; }
clauses(A) ::= clauses(B) clause(C).         { A = ast_add(r, B, C); }
clause(A) ::= ON DATE(T).                    { A = ast_node(r, AST_ON, T, NULL, NULL); }
clause(A) ::= ON MONTHDAY(T).                { A = ast_node(r, AST_ON, T, NULL, NULL); }
clause(A) ::= UNTIL DATE(T).                 { A = ast_node(r, AST_UNTIL, T, NULL, NULL); }
clause(A) ::= IN EACH ID(T) where(W).        { A = ast_node(r, AST_IN_EACH, T, W, NULL); }
clause(A) ::= IN EACH LP(T) exprs(L) RP.     { A = ast_node(r, AST_IN_EACH, T, NULL, L); }
clause(A) ::= OF EACH ID(T) where(W).        { A = ast_node(r, AST_OF_EACH, T, W, NULL); }
clause(A) ::= in_clause(B).                  { A = B; }
clause(A) ::= some_leave(B).                 { A = B; }
in_clause(A) ::= IN NUMBER(T).               { A = ast_node(r, AST_IN, T, NULL, NULL); }
in_clause(A) ::= IN NUMBER(T) DOTS number(U). { A = ast_node(r, AST_IN, T, U, NULL); }
in_clause(A) ::= IN YEARMONTH(T).            { A = ast_node(r, AST_IN, T, NULL, NULL); }
in_clause(A) ::= IN CODE(T).                 { A = ast_node(r, AST_IN, T, NULL, NULL); }
in_clause(A) ::= IN STRING(T).               { A = ast_node(r, AST_IN, T, NULL, NULL); }

declared(A) ::= DUTY ID(N) label(L) duty_clauses(W). { A = ast_node(r, AST_DUTY, N, L, W); }
duty_clauses(A) ::= .                        { A = NULL; }
duty_clauses(A) ::= duty_clauses(B) duty_clause(C). { A = ast_add(r, B, C); }
duty_clause(A) ::= BY(T) names(B).           { A = ast_node(r, AST_LEAD, T, B, NULL); }
duty_clause(A) ::= WITH(T) names(B).         { A = ast_node(r, AST_WITH, T, B, NULL); }
duty_clause(A) ::= UNTIL DATE(T).            { A = ast_node(r, AST_UNTIL, T, NULL, NULL); }
duty_clause(A) ::= UNTIL MONTHDAY(T).        { A = ast_node(r, AST_UNTIL, T, NULL, NULL); }
duty_clause(A) ::= EVERY(T) primary(B).      { A = ast_node(r, AST_RECURS, T, B, NULL); }
duty_clause(A) ::= WITHIN(T) primary(B).     { A = ast_node(r, AST_WITHIN, T, B, NULL); }
duty_clause(A) ::= DONE BY path(P) where(W). { A = ast_node(r, AST_DONE, P->at, P, W); }
duty_clause(A) ::= NEEDS ID(T).              { A = ast_node(r, AST_NEEDS, T, NULL, NULL); }
duty_clause(A) ::= MEASURED(T) BY names(B).  { A = ast_node(r, AST_MEASURED, T, B, NULL); }
duty_clause(A) ::= in_clause(B).             { A = B; }
duty_clause(A) ::= some_leave(B).            { A = B; }

declared(A) ::= NOTHING(T) BECAUSE string(B). { A = ast_node(r, AST_NOTHING, T, B, NULL); }
/* ---- roles and tasks */
declared(A) ::= ROLE ID(N) label(L) OF name(V) role_clauses(W).
    { A = ast_node4(r, AST_ROLE, N, L, V, W, NULL); }
role_clauses(A) ::= .                        { A = NULL; }
role_clauses(A) ::= role_clauses(B) role_clause(C). { A = ast_add(r, B, C); }
role_clause(A) ::= FOR(T) names(B).          { A = ast_node(r, AST_ACTS_FOR, T, B, NULL); }
role_clause(A) ::= SEES(T) names(B).         { A = ast_node(r, AST_SEES, T, B, NULL); }
role_clause(A) ::= WRITES(T) names(B).       { A = ast_node(r, AST_WRITES, T, B, NULL); }
role_clause(A) ::= REVEALS(T) paths(B).      { A = ast_node(r, AST_REVEALS, T, B, NULL); }
role_clause(A) ::= some_leave(B).            { A = B; }

declared(A) ::= TASK ID(N) label(L) OF name(E) task_clauses(W) task_body(B).
    { A = ast_node4(r, AST_TASK, N, L, E, W, B); }
task_clauses(A) ::= .                        { A = NULL; }
task_clauses(A) ::= task_clauses(B) task_clause(C). { A = ast_add(r, B, C); }
task_clause(A) ::= EVERY(T) primary(B).      { A = ast_node(r, AST_RECURS, T, B, NULL); }
task_clause(A) ::= times(N) PER(T) name(W).  { A = ast_node(r, AST_TIMES, T, N, W); }
task_clause(A) ::= ONCE(T).                  { A = ast_node(r, AST_ONE_TIME, T, NULL, NULL); }
task_clause(A) ::= WITHIN(T) primary(B).     { A = ast_node(r, AST_WITHIN, T, B, NULL); }
task_clause(A) ::= DUE(T) WITH primary(B) LEFT. { A = ast_node(r, AST_ENTRY, T, B, NULL); }
task_clause(A) ::= BY(T) names(B).           { A = ast_node(r, AST_LEAD, T, B, NULL); }
task_clause(A) ::= DONE BY path(P) where(W). { A = ast_node(r, AST_DONE, P->at, P, W); }
task_clause(A) ::= some_leave(B).            { A = B; }
times(A) ::= number(B).                      { A = B; }
times(A) ::= number(B) DOTS(T) number(C).    { A = ast_node(r, AST_RANGE, T, B, C); }
task_body(A) ::= .                           { A = NULL; }
task_body(A) ::= LB task_items(B) RB.        { A = B; }
task_items(A) ::= .                          { A = NULL; }
task_items(A) ::= task_items(B) END.         { A = B; }
task_items(A) ::= task_items(B) WHEN(T) expr(E). { A = ast_add(r, B, ast_node(r, AST_WHEN, T, E, NULL)); }
task_items(A) ::= task_items(B) DURING(T) name(E) where(W) EVERY primary(X).
    { A = ast_add(r, B, ast_node4(r, AST_SOONER, T, E, W, X, NULL)); }

/* ---- procedures and holds */
declared(A) ::= PROCEDURE ID(N) label(L) OF name(E) years(Y) LB procedure_items(I) RB.
    { A = ast_node4(r, AST_PROCEDURE, N, L, E, I, Y); }
years(A) ::= .                               { A = NULL; }
years(A) ::= EVERY YEAR(T).                  { A = ast_node(r, AST_YEARS, T, NULL, NULL); }
years(A) ::= EVERY YEAR(T) number(B).        { A = ast_node(r, AST_YEARS, T, B, NULL); }
years(A) ::= EVERY YEAR(T) number(B) DOTS number(C). { A = ast_node(r, AST_YEARS, T, B, C); }
procedure_items(A) ::= .                     { A = NULL; }
procedure_items(A) ::= procedure_items(B) END. { A = B; }
procedure_items(A) ::= procedure_items(B) procedure_item(C). { A = ast_add(r, B, C); }
procedure_item(A) ::= STATE(T) states(B).    { A = ast_node(r, AST_STATES, T, B, NULL); }
procedure_item(A) ::= some_leave(B).         { A = B; }
states(A) ::= state(B).                      { A = ast_list(r, B); }
states(A) ::= states(B) COMMA state(C).      { A = ast_add(r, B, C); }
state(A) ::= ID(N) label(L).                 { A = ast_node(r, AST_CODE, N, L, NULL); }
procedure_item(A) ::= ORDER(T) name(S) BY exprs(B). { A = ast_node(r, AST_ORDER, T, S, B); }
procedure_item(A) ::= steps(S) step_clauses(W). { A = ast_node(r, AST_STEPS, list_first(S)->at, S, W); }
steps(A) ::= name(B) ARROW name(C).          { A = ast_add(r, ast_list(r, B), C); }
steps(A) ::= steps(B) ARROW name(C).         { A = ast_add(r, B, C); }
step_clauses(A) ::= .                        { A = NULL; }
step_clauses(A) ::= step_clauses(B) step_clause(C). { A = ast_add(r, B, C); }
step_clause(A) ::= BY(T) names(B).           { A = ast_node(r, AST_LEAD, T, B, NULL); }
step_clause(A) ::= GUARD(T) expr(B).         { A = ast_node(r, AST_GUARD, T, B, NULL); }
step_clause(A) ::= UNTIL DATE(T).            { A = ast_node(r, AST_UNTIL, T, NULL, NULL); }
step_clause(A) ::= UNTIL MONTHDAY(T).        { A = ast_node(r, AST_UNTIL, T, NULL, NULL); }
step_clause(A) ::= WITHIN(T) primary(B).     { A = ast_node(r, AST_WITHIN, T, B, NULL); }
step_clause(A) ::= AFTER(T) primary(B).      { A = ast_node(r, AST_WAITS, T, B, NULL); }
step_clause(A) ::= NEEDS(T) names(B).        { A = ast_node(r, AST_ASKS, T, B, NULL); }
step_clause(A) ::= LIMIT(T) times(N) PER name(W). { A = ast_node(r, AST_LIMIT, T, N, W); }

declared(A) ::= HOLD ID(P) DOT name(S) label(L) OF name(E) WHILE(T) expr(C) hold_cure(U) leave(M).
    { A = ast_node4(r, AST_HOLD, P, S, L, E,
                    ast_add(r, ast_add(r, ast_list(r, ast_node(r, AST_WHEN, T, C, NULL)), U), M)); }
hold_cure(A) ::= .                           { A = NULL; }
hold_cure(A) ::= CURE STRING(Z).             { A = ast_node(r, AST_CURE, Z, NULL, NULL); }
hold_cure(A) ::= CURE STRING(Z) SLASH string(E). { A = ast_node(r, AST_CURE, Z, E, NULL); }

/* ---- accounts, draws, scores */
declared(A) ::= ACCOUNT ID(N) label(L) OF name(H) IN name(U) LB account_items(I) RB.
    { A = ast_node4(r, AST_ACCOUNT, N, L, H, U, I); }
account_items(A) ::= .                       { A = NULL; }
account_items(A) ::= account_items(B) END.   { A = B; }
account_items(A) ::= account_items(B) account_item(C). { A = ast_add(r, B, C); }
account_item(A) ::= IN(T) flows(B).          { A = ast_node(r, AST_FLOWS_IN, T, B, NULL); }
account_item(A) ::= OUT(T) flows(B).         { A = ast_node(r, AST_FLOWS_OUT, T, B, NULL); }
flows(A) ::= flow(B).                        { A = ast_list(r, B); }
flows(A) ::= flows(B) COMMA flow(C).         { A = ast_add(r, B, C); }
flow(A) ::= path(P) flow_by(B) where(W).     { A = ast_node4(r, AST_FLOW, P->at, P, B, W, NULL); }
flow_by(A) ::= .                             { A = NULL; }
flow_by(A) ::= BY name(B).                   { A = B; }
account_item(A) ::= LIMIT(T) range(B).       { A = ast_node(r, AST_LIMIT, T, B, NULL); }
account_item(A) ::= LIMIT(T) GE(C) unary(B). { A = ast_node(r, AST_LIMIT, T, ast_node(r, AST_RANGE, C, B, NULL), NULL); }
account_item(A) ::= ONLY(T) FOR path(B).     { A = ast_node(r, AST_ONLY_FOR, T, B, NULL); }
account_item(A) ::= SETTLE(T) BETWEEN name(B). { A = ast_node(r, AST_SETTLE, T, B, NULL); }
account_item(A) ::= some_leave(B).           { A = B; }

declared(A) ::= DRAW ID(N) label(L) OF name(E) draw_clauses(W) LB draw_items(I) RB.
    { A = ast_node4(r, AST_DRAW, N, L, E, W, I); }
draw_clauses(A) ::= .                        { A = NULL; }
draw_clauses(A) ::= draw_clauses(B) draw_clause(C). { A = ast_add(r, B, C); }
draw_clause(A) ::= WITH NUMBER(T) name(B).   { A = ast_node(r, AST_WITH_SOME, T, B, NULL); }
draw_clause(A) ::= EVERY(T) primary(B).      { A = ast_node(r, AST_RECURS, T, B, NULL); }
draw_clause(A) ::= BY(T) names(B).           { A = ast_node(r, AST_LEAD, T, B, NULL); }
draw_items(A) ::= .                          { A = NULL; }
draw_items(A) ::= draw_items(B) END.         { A = B; }
draw_items(A) ::= draw_items(B) draw_item(C). { A = ast_add(r, B, C); }
draw_item(A) ::= TAKE(T) exprs(B).           { A = ast_node(r, AST_TAKE, T, B, NULL); }
draw_item(A) ::= NOT(T) WHERE expr(B).       { A = ast_node(r, AST_NOT_WHERE, T, B, NULL); }
draw_item(A) ::= GIVES(T) name(B).           { A = ast_node(r, AST_MAKES, T, B, NULL); }
draw_item(A) ::= some_leave(B).              { A = B; }
draw_item(A) ::= WHERE(T) expr(B).           { A = ast_node(r, AST_ONLY_WHERE, T, B, NULL); }

declared(A) ::= SCORE ID(N) label(L) OF name(E) score_clauses(W) LB score_items(I) RB.
    { A = ast_node4(r, AST_SCORE, N, L, E, I, W); }
score_clauses(A) ::= .                       { A = NULL; }
score_clauses(A) ::= score_clauses(B) score_clause(C). { A = ast_add(r, B, C); }
score_clause(A) ::= AT(T) name(B).           { A = ast_node(r, AST_AT_STATE, T, B, NULL); }
score_clause(A) ::= FOR(T) primary(B).       { A = ast_node(r, AST_LASTS, T, B, NULL); }
score_clause(A) ::= FROM(T) name(B).         { A = ast_node(r, AST_FROM, T, B, NULL); }
score_clause(A) ::= WITHIN(T) primary(B).    { A = ast_node(r, AST_WITHIN, T, B, NULL); }
score_items(A) ::= .                         { A = NULL; }
score_items(A) ::= score_items(B) END.       { A = B; }
score_items(A) ::= score_items(B) score_item(C). { A = ast_add(r, B, C); }
score_item(A) ::= ITEM ID(N) label(L) number(M) evidence(E).
    { A = ast_node4(r, AST_ITEM, N, L, M, NULL, E); }
score_item(A) ::= ITEM ID(N) label(L) number(M) EQ expr(X) evidence(E).
    { A = ast_node4(r, AST_ITEM, N, L, M, X, E); }
evidence(A) ::= .                            { A = NULL; }
evidence(A) ::= NEEDS names(B).              { A = B; }
score_item(A) ::= GRADE path(P) GE number(M). { A = ast_node(r, AST_GRADE, P->at, P, M); }
score_item(A) ::= GRADE path(P) ELSE.        { A = ast_node(r, AST_GRADE, P->at, P, NULL); }
score_item(A) ::= some_leave(B).             { A = B; }

/* ---- what leaves the office: publications, papers, exchange */
declared(A) ::= PUBLISH ID(N) label(L) OF name(E) publish_clauses(W) LB publish_items(I) RB.
    { A = ast_node4(r, AST_PUBLISH, N, L, E, W, I); }
publish_clauses(A) ::= .                     { A = NULL; }
publish_clauses(A) ::= publish_clauses(B) publish_clause(C). { A = ast_add(r, B, C); }
publish_clause(A) ::= AT(T) name(B).         { A = ast_node(r, AST_AT_STATE, T, B, NULL); }
publish_clause(A) ::= WHERE(T) expr(B).      { A = ast_node(r, AST_ONLY_WHERE, T, B, NULL); }
publish_clause(A) ::= FOR(T) primary(B).     { A = ast_node(r, AST_LASTS, T, B, NULL); }
publish_clause(A) ::= EVERY(T) primary(B).   { A = ast_node(r, AST_RECURS, T, B, NULL); }
publish_clause(A) ::= BY(T) names(B).        { A = ast_node(r, AST_LEAD, T, B, NULL); }
publish_clause(A) ::= some_leave(B).         { A = B; }
publish_items(A) ::= .                       { A = NULL; }
publish_items(A) ::= publish_items(B) END.   { A = B; }
publish_items(A) ::= publish_items(B) COMMA. { A = B; }
publish_items(A) ::= publish_items(B) shown(C). { A = ast_add(r, B, C); }
shown(A) ::= path(P) masked(M) label(L).     { A = ast_node4(r, AST_SHOWN, P->at, P, M, L, NULL); }
masked(A) ::= .                              { A = NULL; }
masked(A) ::= MASKED(T).                     { A = ast_node(r, AST_NAME, T, NULL, NULL); }

declared(A) ::= PAPER ID(N) label(L) OF name(E) LB paper_items(I) RB.
    { A = ast_node4(r, AST_PAPER, N, L, E, I, NULL); }
paper_items(A) ::= .                         { A = NULL; }
paper_items(A) ::= paper_items(B) END.       { A = B; }
paper_items(A) ::= paper_items(B) paper_item(C). { A = ast_add(r, B, C); }
paper_item(A) ::= SHEET STRING(T).           { A = ast_node(r, AST_SHEET, T, NULL, NULL); }
paper_item(A) ::= CELL STRING(T) expr(B) label(L). { A = ast_node(r, AST_CELL, T, B, L); }
paper_item(A) ::= ROWS STRING(T) OF paper_source(P) where(W) LB printed_all(F) RB.
    { A = ast_node4(r, AST_ROWS, T, P, W, F, NULL); }
paper_item(A) ::= PAGE(T) names(B).          { A = ast_node(r, AST_PAGE, T, B, NULL); }
paper_item(A) ::= TEXT STRING(T).            { A = ast_node(r, AST_PARAGRAPH, T, NULL, NULL); }
paper_item(A) ::= NUMBERED STRING(T).        { A = ast_node(r, AST_NUMBERED, T, NULL, NULL); }
paper_item(A) ::= WHEN(T) expr(B).           { A = ast_node(r, AST_WHEN, T, B, NULL); }
paper_item(A) ::= BY(T) names(B).            { A = ast_node(r, AST_LEAD, T, B, NULL); }
paper_item(A) ::= some_leave(B).             { A = B; }
paper_source(A) ::= number(N).               { A = N; }
paper_source(A) ::= path(P) in_period(M) with_outcome(V) grouped(G).
    { A = ast_node4(r, AST_AMONG, P->at, P, M, V, G); }
with_outcome(A) ::= .                        { A = NULL; }
with_outcome(A) ::= GIVES(T) name(B).        { A = ast_node(r, AST_OUTCOME, T, B, NULL); }
with_outcome(A) ::= UNKNOWN(T) name(B).      { A = ast_node(r, AST_OUTCOME, T, B, NULL); }
with_outcome(A) ::= JUDGEMENT(T) name(B).    { A = ast_node(r, AST_OUTCOME, T, B, NULL); }
grouped(A) ::= .                             { A = NULL; }
grouped(A) ::= BY path(B).                   { A = B; }
printed_all(A) ::= .                         { A = NULL; }
printed_all(A) ::= some_printed(B).          { A = B; }
printed_all(A) ::= some_printed(B) END.      { A = B; }
some_printed(A) ::= printed(B).              { A = ast_list(r, B); }
some_printed(A) ::= some_printed(B) COMMA printed(C). { A = ast_add(r, B, C); }
some_printed(A) ::= some_printed(B) END printed(C). { A = ast_add(r, B, C); }
printed(A) ::= expr(B) printed_marks(M) label(L). { A = ast_node4(r, AST_PRINTED, B->at, B, M, L, NULL); }
printed_marks(A) ::= .                       { A = NULL; }
printed_marks(A) ::= printed_marks(B) MASKED(T). { A = ast_add(r, B, ast_node(r, AST_NAME, T, NULL, NULL)); }
printed_marks(A) ::= printed_marks(B) SUM(T). { A = ast_add(r, B, ast_node(r, AST_NAME, T, NULL, NULL)); }

declared(A) ::= EXCHANGE ID(E) DOT name(N) label(L) WITH names(W) LB exchange_items(I) RB.
    { A = ast_node4(r, AST_EXCHANGE, E, N, L, W, I); }
exchange_items(A) ::= .                      { A = NULL; }
exchange_items(A) ::= exchange_items(B) END. { A = B; }
exchange_items(A) ::= exchange_items(B) exchange_item(C). { A = ast_add(r, B, C); }
exchange_item(A) ::= TAKE(T) names(B).       { A = ast_node(r, AST_TAKE, T, B, NULL); }
exchange_item(A) ::= GIVE(T) names(B).       { A = ast_node(r, AST_GIVE, T, B, NULL); }
exchange_item(A) ::= PREFER(T) name(B).      { A = ast_node(r, AST_PREFER, T, B, NULL); }
exchange_item(A) ::= KEY(T) names(B).        { A = ast_node(r, AST_KEY, T, B, NULL); }
exchange_item(A) ::= EVERY(T) primary(B).    { A = ast_node(r, AST_RECURS, T, B, NULL); }
exchange_item(A) ::= some_leave(B).          { A = B; }
/* ---- judgements */
declared(A) ::= JUDGEMENT ID(N) label(L) OF name(E) judgement_clauses(W).
    { A = ast_node4(r, AST_JUDGEMENT, N, L, E, W, NULL); }
judgement_clauses(A) ::= .                   { A = NULL; }
judgement_clauses(A) ::= judgement_clauses(B) judgement_clause(C). { A = ast_add(r, B, C); }
judgement_clause(A) ::= BY(T) name(W) NEEDS names(B).
    { A = ast_node4(r, AST_JUDGE, T, W, NULL, B, NULL); }
judgement_clause(A) ::= BY(T) name(W) name(L) NEEDS names(B).
    { A = ast_node4(r, AST_JUDGE, T, W, L, B, NULL); }
judgement_clause(A) ::= GIVES(T) type(X).    { A = ast_node(r, AST_DECIDES, T, X, NULL); }
judgement_clause(A) ::= GIVES(T) type(X) number(B) DOTS(S) number(C).
    { A = ast_node(r, AST_DECIDES, T, X, ast_node(r, AST_RANGE, S, B, C)); }
judgement_clause(A) ::= CEILING(T) expr(E).  { A = ast_node(r, AST_CEILING, T, E, NULL); }

/* ---- examples */
declared(A) ::= EXAMPLE STRING(T) LB example_items(I) RB. { A = ast_node(r, AST_EXAMPLE, T, I, NULL); }
example_items(A) ::= .                       { A = NULL; }
example_items(A) ::= example_items(B) END.   { A = B; }
example_items(A) ::= example_items(B) example_item(C). { A = ast_add(r, B, C); }
example_item(A) ::= ID(E) LB facts(F) RB.    { A = ast_node(r, AST_RECORD, E, NULL, F); }
example_item(A) ::= name(N) EQ ID(E) LB facts(F) RB. { A = ast_node(r, AST_RECORD, E, N, F); }
facts(A) ::= .                               { A = NULL; }
facts(A) ::= facts(B) END.                   { A = B; }
facts(A) ::= facts(B) fact(C).               { A = ast_add(r, B, C); }
fact(A) ::= ID(N) value(V).                  { A = ast_node(r, AST_FACT, N, V, NULL); }
fact(A) ::= ID(N) value(V) FROM DATE(D).
    { A = ast_node(r, AST_FACT, N, V, ast_node(r, AST_FROM, D, NULL, NULL)); }
value(A) ::= literal(B).                     { A = B; }
value(A) ::= piped(B).                       { A = ast_node(r, AST_CODES, B->at, B, NULL); }
value(A) ::= LB(T) names(B) RB.              { A = ast_node(r, AST_CODES, T, B, NULL); }
piped(A) ::= name(B).                        { A = ast_list(r, B); }
piped(A) ::= piped(B) PIPE name(C).          { A = ast_add(r, B, C); }
example_item(A) ::= moment(W) verb(V) path(P) outcome(O).
    { A = ast_node4(r, AST_EXPECT, V->at, W, P, O, NULL); }
example_item(A) ::= moment(W) path(P) reach(O) EQ(T) value(V).
    { A = ast_node4(r, AST_EXPECT, T, W, P, ast_add(r, O, ast_node(r, AST_VALUE, T, V, NULL)), NULL); }
moment(A) ::= ON DATE(T).                    { A = ast_node(r, AST_ON, T, NULL, NULL); }
moment(A) ::= IN YEARMONTH(T).               { A = ast_node(r, AST_IN, T, NULL, NULL); }
moment(A) ::= IN NUMBER(T).                  { A = ast_node(r, AST_IN, T, NULL, NULL); }
example_item(A) ::= moment(W) ID(N) LK names(I) RK reach(O) EQ(T) value(V).
    { A = ast_node4(r, AST_EXPECT, T, W, ast_node(r, AST_INDEXED, N, I, NULL),
                    ast_add(r, O, ast_node(r, AST_VALUE, T, V, NULL)), NULL); }
verb(A) ::= GIVES(B).                        { A = ast_node(r, AST_NAME, B, NULL, NULL); }
verb(A) ::= NOT(B).                          { A = ast_node(r, AST_NAME, B, NULL, NULL); }
verb(A) ::= UNKNOWN(B).                      { A = ast_node(r, AST_NAME, B, NULL, NULL); }
verb(A) ::= JUDGEMENT(B).                    { A = ast_node(r, AST_NAME, B, NULL, NULL); }
reach(A) ::= .                               { A = NULL; }
reach(A) ::= of(B).                          { A = ast_list(r, B); }
of(A) ::= OF ID(T).                          { A = ast_node(r, AST_OF, T, NULL, NULL); }
of(A) ::= OF NUMBER(T).                      { A = ast_node(r, AST_OF, T, NULL, NULL); }
of(A) ::= OF CODE(T).                        { A = ast_node(r, AST_OF, T, NULL, NULL); }
of(A) ::= OF STRING(T).                      { A = ast_node(r, AST_OF, T, NULL, NULL); }
outcome(A) ::= .                             { A = NULL; }
outcome(A) ::= outcome(B) of(C).             { A = ast_add(r, B, C); }
outcome(A) ::= outcome(B) EQ(T) value(V).    { A = ast_add(r, B, ast_node(r, AST_VALUE, T, V, NULL)); }
outcome(A) ::= outcome(B) MISSING(T) paths(P). { A = ast_add(r, B, ast_node(r, AST_MISSING, T, P, NULL)); }

/* ---- expressions, loosest first */
exprs(A) ::= expr(B).                        { A = ast_list(r, B); }
exprs(A) ::= exprs(B) COMMA expr(C).         { A = ast_add(r, B, C); }
expr(A) ::= either(B).                       { A = B; }
expr(A) ::= IF(T) expr(B) THEN expr(C) ELSE expr(D).
    { A = ast_node4(r, AST_CHOICE, T, B, C, D, NULL); }
expr(A) ::= LATEST(T) path(P) WHERE expr(C) late_else(D).
    { A = ast_node4(r, AST_CALL, T, ast_list(r, P), NULL, C, D); }
expr(A) ::= LATEST(T) path(P) BY name(B) WHERE expr(C) late_else(D).
    { A = ast_node4(r, AST_CALL, T, ast_list(r, P), B, C, D); }
late_else(A) ::= . [LOW]                     { A = NULL; }
late_else(A) ::= ELSE expr(B).               { A = B; }
by_reference(A) ::= .                        { A = NULL; }
by_reference(A) ::= BY name(B).              { A = B; }
either(A) ::= both(B).                       { A = B; }
either(A) ::= either(B) OR(T) both(C).       { A = ast_node(r, AST_BINARY, T, B, C); }
both(A) ::= denial(B).                       { A = B; }
both(A) ::= both(B) AND(T) denial(C).        { A = ast_node(r, AST_BINARY, T, B, C); }
denial(A) ::= compared(B).                   { A = B; }
denial(A) ::= NOT(T) denial(B).              { A = ast_node(r, AST_NOT, T, B, NULL); }
compared(A) ::= sum(B). [LOW]                { A = B; }
compared(A) ::= sum(B) EQ(T) sum(C).         { A = ast_node(r, AST_BINARY, T, B, C); }
compared(A) ::= sum(B) NE(T) sum(C).         { A = ast_node(r, AST_BINARY, T, B, C); }
compared(A) ::= sum(B) LT(T) sum(C).         { A = ast_node(r, AST_BINARY, T, B, C); }
compared(A) ::= sum(B) LE(T) sum(C).         { A = ast_node(r, AST_BINARY, T, B, C); }
compared(A) ::= sum(B) GT(T) sum(C).         { A = ast_node(r, AST_BINARY, T, B, C); }
compared(A) ::= sum(B) GE(T) sum(C).         { A = ast_node(r, AST_BINARY, T, B, C); }
compared(A) ::= sum(B) IN(T) sum(C).         { A = ast_node(r, AST_BINARY, T, B, C); }
compared(A) ::= sum(B) IN sum(C) DOTS(T) sum(D).
    { A = ast_node(r, AST_BETWEEN, T, B, ast_node(r, AST_RANGE, T, C, D)); }
compared(A) ::= sum(B) BETWEEN(T) sum(C) AND sum(D).
    { A = ast_node(r, AST_BETWEEN, T, B, ast_node(r, AST_RANGE, T, C, D)); }
compared(A) ::= sum(B) HAS(T) sum(C).        { A = ast_node(r, AST_HAS, T, B, C); }
compared(A) ::= sum(B) HAS ANY(T) sum(C).    { A = ast_node(r, AST_HAS, T, B, C); }
compared(A) ::= sum(B) HAS ALL(T) sum(C).    { A = ast_node(r, AST_HAS, T, B, C); }
sum(A) ::= product(B).                       { A = B; }
sum(A) ::= sum(B) PLUS(T) product(C).        { A = ast_node(r, AST_BINARY, T, B, C); }
sum(A) ::= sum(B) MINUS(T) product(C).       { A = ast_node(r, AST_BINARY, T, B, C); }
product(A) ::= unary(B).                     { A = B; }
product(A) ::= product(B) STAR(T) unary(C).  { A = ast_node(r, AST_BINARY, T, B, C); }
product(A) ::= product(B) SLASH(T) unary(C). { A = ast_node(r, AST_BINARY, T, B, C); }
unary(A) ::= primary(B).                     { A = B; }
unary(A) ::= MINUS(T) unary(B).              { A = ast_node(r, AST_MINUS, T, B, NULL); }
primary(A) ::= number(B).                    { A = B; }
primary(A) ::= date(B).                      { A = B; }
primary(A) ::= YEARMONTH(T).                 { A = ast_node(r, AST_YEARMONTH, T, NULL, NULL); }
primary(A) ::= CODE(T).                      { A = ast_node(r, AST_REGION, T, NULL, NULL); }
primary(A) ::= string(B).                    { A = B; }
primary(A) ::= path(B).                      { A = B; }
primary(A) ::= ID(T) LK exprs(B) RK.         { A = ast_node(r, AST_INDEXED, T, B, NULL); }
primary(A) ::= ID(T) LP RP.                  { A = ast_node4(r, AST_CALL, T, NULL, NULL, NULL, NULL); }
primary(A) ::= ID(T) LP exprs(B) by_reference(R) chosen(W) otherwise(O) RP.
    { A = ast_node4(r, AST_CALL, T, B, R, W, O); }
where(A) ::= .                               { A = NULL; }
where(A) ::= WHERE expr(B).                  { A = B; }
chosen(A) ::= .                              { A = NULL; }
chosen(A) ::= WHERE expr(B).                 { A = B; }
chosen(A) ::= WHERE expr(B) OF(T) expr(C).   { A = ast_node(r, AST_BASE, T, B, C); }
primary(A) ::= ID(T) LP among(F) by_reference(R) chosen(W) otherwise(O) RP.
    { A = ast_node4(r, AST_CALL, T, ast_list(r, F), R, W, O); }
among(A) ::= DISTINCT(T) path(P) in_period(M). { A = ast_node(r, AST_FACTS, T, P, M); }
among(A) ::= SUM(T) path(P) in_period(M).      { A = ast_node(r, AST_FACTS, T, P, M); }
in_period(A) ::= .                           { A = NULL; }
in_period(A) ::= IN name(B).                 { A = B; }
otherwise(A) ::= .                           { A = NULL; }
otherwise(A) ::= ELSE expr(B).               { A = B; }
primary(A) ::= LP expr(B) RP.                { A = B; }
primary(A) ::= LP(T) expr(B) COMMA exprs(C) RP.
    { A = ast_node(r, AST_GROUP, T, C, B); }
primary(A) ::= KNOWN(T) primary(B).          { A = ast_node(r, AST_KNOWN, T, B, NULL); }
primary(A) ::= REACHED(T) path(B).           { A = ast_node(r, AST_REACHED, T, B, NULL); }
primary(A) ::= ENTERED(T) path(B).           { A = ast_node(r, AST_REACHED, T, B, NULL); }
primary(A) ::= RAW(T) name(N).               { A = ast_node(r, AST_OUTCOME, T, N, NULL); }
primary(A) ::= NET(T) name(N).               { A = ast_node(r, AST_OUTCOME, T, N, NULL); }
primary(A) ::= LATEST(T) path(P). [LOW]      { A = ast_node4(r, AST_CALL, T, ast_list(r, P), NULL, NULL, NULL); }
primary(A) ::= CASE(T) LB arms(B) RB.        { A = ast_node(r, AST_CASE, T, NULL, B); }
primary(A) ::= CASE(T) sum(S) LB arms(B) RB. { A = ast_node(r, AST_CASE, T, S, B); }
arms(A) ::= some_arms(B).                    { A = B; }
arms(A) ::= some_arms(B) END.                { A = B; }
some_arms(A) ::= arm(B).                     { A = ast_list(r, B); }
some_arms(A) ::= else_arm(B).                { A = ast_list(r, B); }
some_arms(A) ::= some_arms(B) END arm(C).    { A = ast_add(r, B, C); }
some_arms(A) ::= some_arms(B) END else_arm(C). { A = ast_add(r, B, C); }
some_arms(A) ::= some_arms(B) else_arm(C).   { A = ast_add(r, B, C); }
arm(A) ::= arm_labels(B) COLON(T) expr(C).   { A = ast_node(r, AST_ARM, T, B, C); }
else_arm(A) ::= ELSEARM(T) COLON expr(C).    { A = ast_node(r, AST_ARM, T, NULL, C); }
arm_labels(A) ::= arm_label(B).              { A = ast_list(r, B); }
arm_labels(A) ::= arm_labels(B) COMMA arm_label(C). { A = ast_add(r, B, C); }
arm_label(A) ::= expr(B).                    { A = B; }
arm_label(A) ::= sum(B) DOTS(T) sum(C).      { A = ast_node(r, AST_RANGE, T, B, C); }
literal(A) ::= number(B).                    { A = B; }
literal(A) ::= MINUS(T) number(B).           { A = ast_node(r, AST_MINUS, T, B, NULL); }
literal(A) ::= date(B).                      { A = B; }
literal(A) ::= YEARMONTH(T).                 { A = ast_node(r, AST_YEARMONTH, T, NULL, NULL); }
literal(A) ::= string(B).                    { A = B; }
literal(A) ::= CODE(T).                      { A = ast_node(r, AST_REGION, T, NULL, NULL); }

/* Tokens only layout.c makes; LOST never fits. */
%token LOST PERCENT.
