/* people.c — a roster of made-up elders as a county sends it: people ROWS SEED > people.csv
 * Numbers are of no real county, days are days, check digits fit; no two are alike. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "chance.h"

static const char *const families[] = {"刘", "李", "王", "黄", "彭", "张", "肖", "陈", "文", "欧阳",
                                       "易", "贺", "甘", "朱", "周", "谢", "曾", "钟", "廖", "邓"};
static const char *const given[] = {"桂", "秀", "菊", "兰", "莲", "梅", "英", "珍", "香", "凤",
                                    "玉", "金", "春", "冬", "细", "满", "生", "根", "福", "贵"};
static const char *const towns[] = {"360302101", "360302102", "360302001", "360302002"};

#define COUNT(list) (sizeof(list) / sizeof *(list))

static char check_digit(const char number[18])
{
    static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;

    for (int i = 0; i < 17; i++)
        sum += (number[i] - '0') * weights[i];
    return "10X98765432"[sum % 11];
}

/* Born on one of 28 days of each month of 66 years; so many of each day that all have numbers. */
static void person(uint64_t i, uint64_t *chance)
{
    unsigned day = (unsigned)(i % 28) + 1, month = (unsigned)(i / 28 % 12) + 1;
    unsigned year = 1895 + (unsigned)(i / 336 % 66), rank = (unsigned)(i / 22176 % 1000);
    char number[24];

    snprintf(number, sizeof number, "360399%04u%02u%02u%03u", year, month, day, rank);
    number[17] = check_digit(number);
    number[18] = '\0';
    printf("B%08llu,%s%s%s,%s,%s,%04u-%02u-%02u,%s,%s,10%09llu,resident,-,-,no_certificate\n",
           (unsigned long long)i, families[chance_next(chance, COUNT(families))],
           given[chance_next(chance, COUNT(given))], given[chance_next(chance, COUNT(given))],
           number, i % 2 == 0 ? "male" : "female", year, month, day,
           towns[chance_next(chance, COUNT(towns))], towns[chance_next(chance, COUNT(towns))],
           (unsigned long long)chance_next(chance, 1000000000));
}

int main(int argc, char **argv)
{
    uint64_t rows = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000;
    uint64_t chance = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;

    puts("file_no,name,id_number,sex,born,household_register,residence,phone,pension_kind,economy,"
         "living,disability_grade");
    for (uint64_t i = 0; i < rows; i++)
        person(i, &chance);
    return 0;
}
