/* capitals.h — amounts in Chinese capitals, as they stand on papers beside the figures, so that no
 * stroke can be added: 陆拾伍万捌仟零捌拾元整.  By the rules for filling in bills (支付结算办法
 * annex 1): 整 behind yuan and behind jiao, none behind fen; one 零 for any run of noughts between
 * digits, none where only a unit's own end is nothing. */
#ifndef ANLAO_FORMAT_CAPITALS_H
#define ANLAO_FORMAT_CAPITALS_H

#include <glib.h>
#include <stdint.h>

/* Every amount of 64 bits; below nothing begins with 负.  Nothing is 零元整. */
void capitals_money(int64_t fen, GString *to);

#endif
