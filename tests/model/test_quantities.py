"""The readings of amounts, their conversion, and their refusals."""

from decimal import Decimal
from time import process_time

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tracker.errors import InvalidInput
from tracker.model import quantities
from tracker.model.quantities import (
    MAX_DIGITS,
    Quantity,
    check_quantity_number,
    convert_quantity_unit,
    find_finest_place,
    format_quantity,
    format_quantity_number,
    format_quantity_value,
    format_target_quantity,
    parse_quantity,
    parse_quantity_in_unit,
    parse_reported_amount,
    refuse_bare_quantity,
    split_quantity_unit,
)

NOT_READ = [
    "约第3名",
    "低于第3名",
    "",
    " ",
    "NaN",
    "nan",
    "sNaN",
    "Infinity",
    "-inf",
    "1e400",
    "1E5",
    "1e-5",
    "0x10",
    "1_000",
    ".5",
    "5.",
    "1.2.3",
    "8,00",
    "8,0000",
    "1234,567",
    "3 000",
    "- 5",
    "--5",
    "١",
    "५",
    "5٣",
    "²",
    "\0",
    "5\0",
    "5\n6",
    "5\x1b[31m",
    "1+N",
    "1/3",
    "三分之一",
    "千分之五",
    "百分之",
    "百分之几",
    "一半",
    "三个半",
    "十几个",
    "十来个",
    "几十个",
    "数百场",
    "二五",
    "二万五",
    "3万5",
    "三万五百户",
    "1万2千人",
    "1.5亿2000万",
    "1亿2亿元",
    "2万30000人",
    "1亿2000万3000元",
    "三百二",
    "一千二百五",
    "千瓦",
    "百分点",
    "万亩",
    "以上",
    "约",
    "超过",
    "118%、111%",
    "3个 5个",
    "1—2—3个",
    "2—1个",
    "5000—1万人",
    "5个—6户",
    "1—NaN",
    "1—",
    "超过10%以内",
    "不低于5%—6%",
    "=5以上",
    "5" + "x" * 31,
    "1" * (MAX_DIGITS + 1),
    "0." + "1" * (MAX_DIGITS + 1),
    "1" * 10_000,
    "约" * 10_000,
    " " * 10_000,
]


def refused(found: pytest.ExceptionInfo[InvalidInput]) -> str:
    sentence = found.value.sentence
    assert found.value.exit_code == 2
    assert "{" not in sentence
    assert len(sentence) < 300
    return sentence


def plain(value: str, unit: str) -> Quantity:
    return Quantity(Decimal(value), unit, None, None, approximate=False)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("85", "85", ""),
        ("+4.2 公里", "4.2", "公里"),
        ("2.1万", "2.1", "万"),
        ("2.1万人", "2.1", "万人"),
        ("1.2亿", "1.2", "亿"),
        ("1亿2000万", "1.2", "亿"),
        ("1亿2000万元", "1.2", "亿元"),
        ("1万亿2000亿元", "1.2", "万亿元"),
        ("2万3000人", "2.3", "万人"),
        ("二万五千人", "2.5", "万人"),
        ("一亿零五百万元", "1.05", "亿元"),
        ("十二万三千四百人", "12.34", "万人"),
        ("负8.92%", "-8.92", "%"),
        ("零起", "0", "起"),
        ("零点五个百分点", "0.5", "个百分点"),
        ("134万平方米", "134", "万平方米"),
        ("8,000", "8000", ""),
        ("８，０００", "8000", ""),
        ("８，０００．５　户", "8000.5", "户"),
        ("1,234,567.89元", "1234567.89", "元"),
        ("85%", "85", "%"),
        ("85％", "85", "%"),
        ("8.07%", "8.07", "%"),
        ("62.10万平方米", "62.10", "万平方米"),
        ("百分之八十五", "85", "%"),
        ("百分之85", "85", "%"),
        ("百分之三点五", "3.5", "%"),
        ("百分之百", "100", "%"),
        ("二十万", "20", "万"),
        ("二十万人", "20", "万人"),
        ("两个", "2", "个"),
        ("十二", "12", ""),
        ("十", "10", ""),
        ("二十", "20", ""),
        ("三十五户", "35", "户"),
        ("一百零五", "105", ""),
        ("一百一十", "110", ""),
        ("三百二十", "320", ""),
        ("一千五百", "1500", ""),
        ("两千零五十", "2050", ""),
        ("一千零一", "1001", ""),
        ("八千三百二十一", "8321", ""),
        ("零", "0", ""),
        ("〇点五", "0.5", ""),
        ("三点一四", "3.14", ""),
        ("五百万元", "500", "万元"),
        ("百万元", "100", "万元"),
        ("两万亿元", "2", "万亿元"),
        ("5百万元", "5", "百万元"),
        ("3千人", "3", "千人"),
        ("三百分点", "3", "百分点"),
        ("5 km²", "5", "km²"),
        ("12 微克/立方米", "12", "微克/立方米"),
        ("-5", "-5", ""),
        ("−5%", "-5", "%"),
        ("－５", "-5", ""),
        ("1" * MAX_DIGITS, "1" * MAX_DIGITS, ""),
    ],
)
def test_a_number_keeps_its_printed_unit(text: str, value: str, unit: str) -> None:
    found = parse_quantity(text)
    assert found == plain(value, unit)
    assert str(found.value) == str(Decimal(value))


@pytest.mark.parametrize(
    ("text", "value", "unit", "op"),
    [
        ("1万户以上", "1", "万户", ">="),
        ("200个以上", "200", "个", ">="),
        ("10个及以上", "10", "个", ">="),
        ("100亿元以上", "100", "亿元", ">="),
        ("85% 以上", "85", "%", ">="),
        ("不低于85%", "85", "%", ">="),
        ("不低于百分之八十五", "85", "%", ">="),
        ("不少于3个", "3", "个", ">="),
        ("超3200亿元", "3200", "亿元", ">"),
        ("超过1.1万人", "1.1", "万人", ">"),
        ("突破 12.5万户", "12.5", "万户", ">"),
        ("过50亿元", "50", "亿元", ">"),
        ("至少5", "5", "", ">="),
        ("达到83%", "83", "%", ">="),
        ("达到1000个以上", "1000", "个", ">="),
        ("达到不低于83%", "83", "%", ">="),
        (">=85%", "85", "%", ">="),
        (">= 85", "85", "", ">="),
        ("≥85", "85", "", ">="),
        ("＞85", "85", "", ">"),
        ("5%以内", "5", "%", "<="),
        ("5个以下", "5", "个", "<="),
        ("不超过5%", "5", "%", "<="),
        ("不高于5", "5", "", "<="),
        ("低于5%", "5", "%", "<"),
        ("不到5个", "5", "个", "<"),
        ("不足5个", "5", "个", "<"),
        ("<5", "5", "", "<"),
        ("20个（含）以上", "20", "个", ">="),
        ("95%以上（含95%）", "95", "%", ">="),
        ("不突破500起", "500", "起", "<="),
        ("不得超过5%", "5", "%", "<="),
        ("不得低于90%", "90", "%", ">="),
        ("20个（含20个）以上", "20", "个", ">="),
        ("20个(含)以下", "20", "个", "<="),
        ("控制在5%以内", "5", "%", "<="),
        ("<=5", "5", "", "<="),
        ("≤5", "5", "", "<="),
        ("=5", "5", "", "="),
    ],
)
def test_a_limit_is_kept(text: str, value: str, unit: str, op: str) -> None:
    found = parse_quantity(text)
    assert (found.value, found.unit, found.op) == (Decimal(value), unit, op)
    assert (found.high, found.approximate) == (None, False)


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("1—2个", "1", "2", "个"),
        ("1——2个", "1", "2", "个"),
        ("1-2个", "1", "2", "个"),
        ("1–2个", "1", "2", "个"),
        ("1~2个", "1", "2", "个"),
        ("1～2个", "1", "2", "个"),
        ("1至2个", "1", "2", "个"),
        ("1 到 2 个", "1", "2", "个"),
        ("一至两个", "1", "2", "个"),
        ("1个—2个", "1", "2", "个"),
        ("达到1—2个", "1", "2", "个"),
        ("800万—1000万吨", "800", "1000", "万吨"),
        ("800—1000万吨", "800", "1000", "万吨"),
        ("8000万—1亿元", "0.8", "1", "亿元"),
        ("8000人—1万人", "0.8", "1", "万人"),
        ("3千—5千人", "3", "5", "千人"),
        ("80%—90%", "80", "90", "%"),
        ("百分之八十至百分之九十", "80", "90", "%"),
        ("-5—-3℃", "-5", "-3", "℃"),
        ("2—2个", "2", "2", "个"),
    ],
)
def test_a_range_has_both_ends_in_the_unit_of_the_second(
    text: str, low: str, high: str, unit: str
) -> None:
    expected = Quantity(Decimal(low), unit, "range", Decimal(high), approximate=False)
    assert parse_quantity(text) == expected


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("约3亿元", "3", "亿元"),
        ("大约3亿元", "3", "亿元"),
        ("近190万人", "190", "万人"),
        ("将近190万人", "190", "万人"),
        ("40余家", "40", "家"),
        ("2000余名", "2000", "名"),
        ("3400余万元", "3400", "万元"),
        ("9亿余条", "9", "亿条"),
        ("50多个", "50", "个"),
        ("50个左右", "50", "个"),
        ("50个上下", "50", "个"),
        ("十余家", "10", "家"),
        ("千余人", "1000", "人"),
        ("百余家", "100", "家"),
        ("百万余元", "100", "万元"),
    ],
)
def test_an_approximate_number_says_so(text: str, value: str, unit: str) -> None:
    found = parse_quantity(text)
    assert msgspec.structs.replace(found, more=False) == Quantity(
        Decimal(value), unit, None, None, approximate=True
    )
    assert found.more == ("余" in text or "多" in text)


def test_a_range_and_a_limit_may_be_approximate() -> None:
    assert parse_quantity("约1—2个") == Quantity(
        Decimal(1), "个", "range", Decimal(2), approximate=True
    )
    assert parse_quantity("1—20余个").approximate
    assert parse_quantity("超1000余人") == Quantity(
        Decimal(1000), "人", ">", None, approximate=True, more=True
    )


@pytest.mark.parametrize(
    "text",
    [
        "62.1万平方米",
        "1624.5亩",
        "122.4亿元",
        "118%",
        "837亿元",
        "3000万元",
        "18公里",
        "4557万元",
        "3.2亿美元",
        "201.4亿元",
        "24.9%",
        "106.6亿元",
        "1562件",
        "221天",
        "6000亩",
        "114.9%",
        "2616套",
        "91.3万人",
        "1.51万栋",
        "8.19万条",
        "4万个",
        "75亿条",
        "268.7亿元",
        "55万人",
        "15.8万",
        "12.87万",
        "520家",
        "2万人",
        "1466套",
        "6000个",
        "7处",
        "711万平方米",
        "4500万吨",
        "276万元",
        "3075个",
    ],
)
def test_the_plain_amounts_of_the_seed_documents(text: str) -> None:
    found = parse_quantity(text)
    assert format_quantity_number(found.value) + found.unit == text
    assert (found.op, found.high, found.approximate) == (None, None, False)


@pytest.mark.parametrize("text", NOT_READ)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as error:
        parse_quantity(text)
    refused(error)
    with pytest.raises(InvalidInput):
        parse_quantity_in_unit(text, "个")


@pytest.mark.parametrize("text", ["NaN", "数百场", "十几个", "x" * 300])
def test_a_refusal_says_what_was_found_and_the_forms(text: str) -> None:
    with pytest.raises(InvalidInput) as error:
        parse_quantity(text)
    assert quantities.QUANTITY_FORMS in refused(error)
    assert text[:59] in error.value.sentence


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("85", "%", "85"),
        ("85%", "%", "85"),
        ("85％", "％", "85"),
        ("百分之八十五", "%", "85"),
        ("62.10万平方米", "万平方米", "62.10"),
        ("2.1万", "万人", "2.1"),
        ("21000人", "万人", "2.1"),
        ("2.1万", "人", "21000"),
        ("2.1万人", "人", "21000"),
        ("1.2亿元", "万元", "12000"),
        ("1.2亿", "万元", "12000"),
        ("3000万元", "亿元", "0.3"),
        ("5百万元", "万元", "500"),
        ("3千人", "人", "3000"),
        ("3千人", "万人", "0.3"),
        ("500人", "百人", "5"),
        ("5千米", "米", "5000"),
        ("2.1万", None, "21000"),
        ("8,000", None, "8000"),
        ("-5", "%", "-5"),
        ("二十万", "户", "200000"),
        ("0万人", "人", "0"),
        ("0", "万人", "0"),
        ("5000万", "亿元", "0.5"),
        ("5000万元", "亿", "0.5"),
        ("0.5亿元", "万", "5000"),
        ("第3名", "名", "3"),
        ("第一", None, "1"),
    ],
)
def test_a_value_is_in_the_unit_of_its_indicator(text: str, unit: str | None, value: str) -> None:
    assert format_quantity_number(parse_quantity_in_unit(text, unit)) == value


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("3平方公里", "公里"),
        ("85%", "个"),
        ("5个", "%"),
        ("5百分点", "%"),
        ("5万平方米", "万人"),
        ("3千", "千米"),
    ],
)
def test_units_that_differ_are_refused_with_both_names(text: str, unit: str) -> None:
    with pytest.raises(InvalidInput) as error:
        parse_quantity_in_unit(text, unit)
    assert f"'{unit}'" in refused(error)
    assert text.lstrip("0123456789") in error.value.sentence


def test_an_indicator_without_a_unit_takes_none() -> None:
    with pytest.raises(InvalidInput) as error:
        parse_quantity_in_unit("85%", None)
    assert "without a unit" in refused(error)


@pytest.mark.parametrize(
    ("text", "unit", "meant", "converted"),
    [
        ("300000", "万亩", "300000亩", "30万亩"),
        ("31", "万亩", "31万亩", "0.0031万亩"),
        ("-2", "亿元", "-2亿元", "-2元"),
        ("5", "万", "5万", "0.0005万"),
        ("62.10", "万平方米", "62.10万平方米", "62.10平方米"),
        ("0.5", "千万元", "0.5千万元", "0.5元"),
    ],
)
def test_a_bare_number_beside_a_scale_is_refused_with_both_readings(
    text: str, unit: str, meant: str, converted: str
) -> None:
    for parse in (parse_quantity_in_unit, parse_reported_amount):
        with pytest.raises(InvalidInput) as error:
            parse(text, unit)
        assert meant in refused(error)
        assert converted in error.value.sentence


@pytest.mark.parametrize("unit", ["亩", "千米", "百分点", "千瓦", "%", None])
def test_a_bare_number_without_a_scale_needs_no_unit(unit: str | None) -> None:
    assert parse_quantity_in_unit("5", unit) == 5


@pytest.mark.parametrize(
    ("text", "unit", "value", "qualifier"),
    [
        ("2000余公里", "公里", "2000", ">="),
        ("50多个", "个", "50", ">="),
        ("近3000公里", "公里", "3000", "~"),
        ("约40家", "家", "40", "~"),
        ("40家左右", "家", "40", "~"),
        ("超过5家", "家", "5", ">="),
        ("5家以上", "家", "5", ">="),
        ("不足5家", "家", "5", "<="),
        ("不超过5%", "%", "5", "<="),
        ("9亿余条", "万条", "90000", ">="),
        ("达到5家", "家", "5", None),
        ("已达85%", "%", "85", None),
        ("5", "家", "5", None),
        ("第一", "名", "1", None),
        ("第3名", "位", "3", None),
        ("位列全省第二", "名", "2", None),
        ("前10名", "名", "10", "<="),
    ],
)
def test_a_report_says_how_its_value_is_known(
    text: str, unit: str, value: str, qualifier: str | None
) -> None:
    amount = parse_reported_amount(text, unit)
    assert (amount.value, amount.qualifier) == (Decimal(value), qualifier)


def test_a_report_is_one_number() -> None:
    with pytest.raises(InvalidInput) as error:
        parse_reported_amount("1—2家", "家")
    assert "not one number" in refused(error)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("第3名", "3", "名"),
        ("第三位", "3", "位"),
        ("前10名", "10", "名"),
        ("全省前三", "3", "名"),
        ("第十二名", "12", "名"),
        ("排名第1位", "1", "位"),
        ("位列全国第一", "1", "名"),
    ],
)
def test_a_place_in_an_order_is_that_or_a_better_one(text: str, value: str, unit: str) -> None:
    rank = Quantity(Decimal(value), unit, "<=", None, approximate=False, is_rank=True)
    assert parse_quantity(text) == rank


@pytest.mark.parametrize(
    "text",
    [
        *("零增长", "全覆盖", "5个增长", "10%下降", "3家全覆盖", "100%提升", "5（含）"),
        *("零新增", "零事故", "〇死亡", "95%满意", "20% 股权", "5个竣工", "3条建成", "2家落地"),
    ],
)
def test_words_that_are_no_unit_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as error:
        parse_quantity(text)
    refused(error)


@pytest.mark.parametrize("text", ["100%全覆盖", "100%覆盖", "100% 达标", "100%全部销号"])
def test_the_whole_of_it_is_a_per_cent(text: str) -> None:
    assert parse_quantity(text) == Quantity(Decimal(100), "%", None, None, approximate=False)


@pytest.mark.parametrize("text", ["约40家", "40余家", "200家以上", "1—2家", "不超过5家", "达到5家"])
def test_a_value_is_one_exact_number(text: str) -> None:
    with pytest.raises(InvalidInput) as error:
        parse_quantity_in_unit(text, "家")
    assert "not one exact number" in refused(error)


@pytest.mark.parametrize(
    ("unit", "scale", "base"),
    [
        ("", 1, ""),
        ("人", 1, "人"),
        ("％", 1, "%"),
        ("万", 10_000, ""),
        ("亿", 10**8, ""),
        ("万人", 10_000, "人"),
        ("亿元", 10**8, "元"),
        ("万亿元", 10**12, "元"),
        ("十万人", 10**5, "人"),
        ("百万元", 10**6, "元"),
        ("千万元", 10**7, "元"),
        ("千亿元", 10**11, "元"),
        ("万千瓦时", 10_000, "千瓦时"),
        (" 万 平方米", 10_000, "平方米"),
        ("千米", 1, "千米"),
        ("千克", 1, "千克"),
        ("千瓦", 1, "千瓦"),
        ("千人", 1, "千人"),
        ("百分点", 1, "百分点"),
    ],
)
def test_a_scale_is_split_from_its_unit(unit: str, scale: int, base: str) -> None:
    assert split_quantity_unit(unit) == (Decimal(scale), base)


@pytest.mark.parametrize(
    ("value", "unit", "to", "result"),
    [
        ("21000", "人", "万人", "2.1"),
        ("2.1", "万人", "人", "21000"),
        ("1.2", "亿元", "万元", "12000"),
        ("100", "%", "%", "100"),
        ("62.10", "万平方米", "万平方米", "62.10"),
        ("120000", "平方米", "万平方米", "12"),
        ("5", "人", "千人", "0.005"),
        ("5", "千瓦", "瓦", "5000"),
        ("1" * MAX_DIGITS, "人", "万人", "1" * 26 + ".1111"),
    ],
)
def test_scales_convert_exactly(value: str, unit: str, to: str, result: str) -> None:
    assert str(convert_quantity_unit(Decimal(value), unit, to)) == result


@pytest.mark.parametrize(("unit", "to"), [("人", "户"), ("", "人"), ("人", ""), ("千人", "百人")])
def test_units_of_other_kinds_do_not_convert(unit: str, to: str) -> None:
    with pytest.raises(InvalidInput) as error:
        convert_quantity_unit(Decimal(1), unit, to)
    refused(error)


@pytest.mark.parametrize("value", ["1" * MAX_DIGITS, "NaN", "1E+400"])
def test_a_conversion_stays_within_the_digits(value: str) -> None:
    with pytest.raises(InvalidInput):
        convert_quantity_unit(Decimal(value), "万亿元", "元")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("62.10", "62.10"),
        ("0", "0"),
        ("-0", "0"),
        ("-0.00", "0.00"),
        ("0E+3", "0"),
        ("1E+3", "1000"),
        ("1E-7", "0.0000001"),
        ("-2.50", "-2.50"),
        ("9" * 30, "9" * 30),
    ],
)
def test_a_number_is_shown_in_plain_digits(value: str, shown: str) -> None:
    assert format_quantity_number(Decimal(value)) == shown


@pytest.mark.parametrize("value", ["0", "-0.0", "9" * 30, "-" + "9" * 30, "1E+29", "1E-30"])
def test_thirty_digits_are_enough(value: str) -> None:
    assert check_quantity_number(Decimal(value)) == Decimal(value)


@pytest.mark.parametrize(
    "value", ["9" * 31, "1E+30", "1E+400", "0E+400", "1E-31", "1E-400", "9" * 5000]
)
def test_more_than_thirty_digits_are_refused(value: str) -> None:
    with pytest.raises(InvalidInput) as error:
        check_quantity_number(Decimal(value))
    assert "30 digits" in refused(error)


@pytest.mark.parametrize("value", ["NaN", "sNaN", "-NaN", "Infinity", "-Infinity"])
def test_what_is_not_finite_is_refused(value: str) -> None:
    with pytest.raises(InvalidInput) as error:
        check_quantity_number(Decimal(value))
    assert value in refused(error)


NUMBERS = st.decimals(min_value=-(10**12), max_value=10**12, places=6)
SCALES = st.sampled_from(["", "十万", "百万", "千万", "万", "亿", "万亿", "千", "百"])
BASES = st.sampled_from(["人", "元", "平方米", "千瓦时"])


@given(NUMBERS, SCALES, BASES)
def test_a_conversion_can_be_taken_back(value: Decimal, scale: str, base: str) -> None:
    there = convert_quantity_unit(value, base, scale + base)
    assert convert_quantity_unit(there, scale + base, base) == value


@given(NUMBERS, st.sampled_from(["", "万", "亿", "百万"]), BASES)
def test_a_shown_number_is_read_back(value: Decimal, scale: str, base: str) -> None:
    text = format_quantity_number(value) + scale + base
    assert parse_quantity(text) == Quantity(value, scale + base, None, None, approximate=False)
    assert parse_quantity_in_unit(text, scale + base) == value
    assert parse_quantity_in_unit(text, base) == convert_quantity_unit(value, scale + base, base)


@given(st.integers(0, 9999))
def test_chinese_numerals_are_read(number: int) -> None:
    digits = "零一二三四五六七八九"
    words = "".join(
        digits[int(digit)] + ("" if digit == "0" else place)
        for digit, place in zip(f"{number:04}", ["千", "百", "十", ""], strict=True)
    )
    while "零零" in words:
        words = words.replace("零零", "零")
    words = words.strip("零") or "零"
    assert parse_quantity(words + "户") == plain(str(number), "户")


@given(st.decimals(allow_nan=True, allow_infinity=True))
@example(Decimal("1E+999999"))
def test_a_checked_number_is_short_in_full(value: Decimal) -> None:
    try:
        checked = check_quantity_number(value)
    except InvalidInput as error:
        assert len(error.sentence) < 300  # noqa: PT017
    else:
        assert len(format_quantity_number(checked).strip("-").replace(".", "")) <= MAX_DIGITS + 1
        assert Decimal(format_quantity_number(checked)) == value


ALPHABET = (
    "0123456789０１,.，+-−—~%％eE \0٣"
    "万亿千百十零一二三两点半几余多约近超过不低于以上内至到个人元分之"
)


@given(
    st.text() | st.text(alphabet=ALPHABET), st.none() | st.sampled_from(["", "%", "万人", "千米"])
)
def test_any_text_is_read_or_refused(text: str, unit: str | None) -> None:
    try:
        found = parse_quantity(text)
    except InvalidInput as error:
        assert len(error.sentence) < 300  # noqa: PT017
    else:
        check_quantity_number(found.value)
        assert found.high is None or found.high >= found.value
    try:
        check_quantity_number(parse_quantity_in_unit(text, unit))
    except InvalidInput as error:
        assert len(error.sentence) < 300  # noqa: PT017


@given(st.text(), st.text())
def test_any_unit_is_split_and_converts_to_itself(unit: str, other: str) -> None:
    assert convert_quantity_unit(Decimal("1.50"), unit, unit) == Decimal("1.50")
    try:
        convert_quantity_unit(Decimal("1.50"), unit, other)
    except InvalidInput as error:
        assert len(error.sentence) < 300  # noqa: PT017


def test_long_texts_are_refused_quickly() -> None:
    begun = process_time()
    for text in (
        "约" * 200,
        " " * 200,
        "5" + " " * 10_000,
        "十" * 200,
        "1" + ",111" * 49,
        "5~" * 100,
    ):
        with pytest.raises(InvalidInput):
            parse_quantity(text)
    assert process_time() - begun < 1


def test_a_text_of_two_hundred_characters_is_read_and_a_longer_one_not() -> None:
    for length in (199, 200):
        assert parse_quantity("85".rjust(length)).value == 85
    with pytest.raises(InvalidInput, match="too long"):
        parse_quantity("85".rjust(201))


@pytest.mark.parametrize(
    ("unit", "shown"),
    [
        ("μg/m³", "35 μg/m³"),
        ("℃日", "35℃日"),
        ("%", "35%"),
        ("户", "35 户"),
        ("", "35"),
        (None, "35"),
    ],
)
def test_a_sign_follows_its_number_at_once(unit: str | None, shown: str) -> None:
    assert format_target_quantity(None, Decimal(35), unit=unit) == shown


@pytest.mark.parametrize(
    ("numbers", "place"),
    [
        (["1"], "1"),
        (["1.5"], "0.1"),
        (["1.5", "2.25", "3"], "0.01"),
        (["3", "0.0"], "0.1"),
        (["1E+2"], "1"),
        (["1E+2", "3E+1"], "1"),
    ],
)
def test_the_last_place_that_is_printed(numbers: list[str], place: str) -> None:
    assert str(find_finest_place(*map(Decimal, numbers))) == place


def test_both_ends_of_a_range_are_written_in_plain_digits() -> None:
    assert format_target_quantity("range", Decimal("1E+2"), Decimal("2E+2"), unit="家") == (
        "100–200 家"
    )


@pytest.mark.parametrize(
    ("text", "op", "promised", "about"),
    [
        ("200个", None, None, False),
        ("约200个", None, None, True),
        ("200个左右", None, None, True),
        ("200余个", None, ">=", False),
        ("200个以上", ">=", ">=", False),
        ("200余个以上", ">=", ">=", True),
        ("1—2个", "range", "range", False),
        ("约1—2个", "range", "range", True),
    ],
)
def test_what_a_printed_amount_promises(
    text: str, op: str | None, promised: str | None, *, about: bool
) -> None:
    quantity = parse_quantity(text)
    assert (quantity.op, quantity.promised_op) == (op, promised)
    assert quantity.is_about is about


@pytest.mark.parametrize(
    ("bound", "unit", "text"),
    [
        (None, "人", "2000 人"),
        (None, None, "2000"),
        (None, "", "2000"),
        (None, "%", "2000%"),
        (">=", "人", "≥ 2000 人"),
        ("<=", "人", "≤ 2000 人"),
        (">", "人", "> 2000 人"),
        ("<", "%", "< 2000%"),
        ("~", "人", "about 2000 人"),
        ("?", "人", "?2000 人"),
        ("=", "人", "2000 人"),
    ],
)
def test_a_value_is_written_as_it_is_known(bound: str | None, unit: str | None, text: str) -> None:
    assert format_quantity_value(Decimal("2E+3"), bound, unit) == text


def test_an_amount_is_written_with_its_unit_behind_it() -> None:
    assert format_quantity(Decimal("2E+3"), "人") == "2000 人"
    assert format_quantity(Decimal("-0"), None) == "0"
    low, high = Decimal("1E+1"), Decimal("2E+1")
    assert format_target_quantity("range", low, high, unit="个") == "10–20 个"
    about = format_target_quantity("range", low, high, approximate=True, unit="个")
    assert about == "about 10–20 个"
    assert format_target_quantity(">=", low, approximate=True) == "≥ about 10"
    assert format_target_quantity(None, low, unit="%") == "10%"


def test_a_number_of_too_many_digits_is_converted_to_no_unit() -> None:
    longest = Decimal("1" * MAX_DIGITS)
    assert convert_quantity_unit(longest, "人", "人") == longest
    for value, unit in ((Decimal("1" * (MAX_DIGITS + 1)), "人"), (longest, "万人")):
        with pytest.raises(InvalidInput, match="longer than 30 digits"):
            convert_quantity_unit(value, unit, "人")


def test_units_that_are_refused_are_quoted_in_short() -> None:
    for unit, to in (("米" * 90, "人"), ("人", "米" * 90)):
        with pytest.raises(InvalidInput) as error:
            convert_quantity_unit(Decimal(1), unit, to)
        assert "米" * 90 not in error.value.sentence


def test_ranks_are_read_as_places_and_as_limits() -> None:
    assert parse_reported_amount("第3名", "名").qualifier is None
    assert parse_reported_amount("前3名", "名").qualifier == "<="
    assert parse_reported_amount("不超过3名", "名").qualifier == "<="
    assert parse_reported_amount("低于3个", "个").qualifier == "<="
    assert parse_reported_amount("超过3个", "个").qualifier == ">="
    assert parse_reported_amount("近3个", "个").qualifier == "~"
    assert parse_reported_amount("3余个", "个").qualifier == ">="
    assert parse_quantity("3个").is_rank is False
    assert parse_quantity("第三名").is_rank is True


def test_a_bare_number_is_refused_in_plain_digits_in_both_units() -> None:
    for text, number, less in (
        ("0.0000001", "0.0000001", "0.00000000001"),
        ("20000", "20000", "2"),
    ):
        with pytest.raises(InvalidInput) as error:
            parse_quantity_in_unit(text, "万人")
        assert f"write {number}万人 or {number}人, which is {less}万人" in error.value.sentence
    assert parse_quantity_in_unit("0", "万人") == 0
    assert parse_quantity_in_unit("3", "人") == 3
    assert parse_quantity_in_unit("3万", "万人") == 3
    with pytest.raises(InvalidInput, match=r"0\.5"):
        refuse_bare_quantity(parse_quantity("0—5000"), "万人")
