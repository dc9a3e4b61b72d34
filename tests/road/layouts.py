# SPDX-License-Identifier: AGPL-3.0-or-later
"""Twelve exports in the style of systems companies have, German and English, made of the same kind of facts. What each
writes is what must come in: customer, document, date, article, quantity, amount, cost where the export has it, group."""
import datetime
import random
from decimal import Decimal as D

GROUPS = ["110", "120", "205", "310", "999"]
WORDS = ["Schraube", "Dübel", "Größe 8 Bohrer", "Farbe; weiß", 'Rohr 1/2"', "Kleber, stark", "Säge"]


def facts(seed, customers=12, documents=60):
    """Lines of invoices and of a few credit notes; days on both sides of the 12th of a month."""
    rng = random.Random(seed)
    lines = []
    for number in range(documents):
        customer = 10010 + rng.randrange(customers) * 7
        day = datetime.date(2024, 1, 5) + datetime.timedelta(days=rng.randrange(700))
        credit = number % 9 == 4
        for position in range(rng.randint(1, 4)):
            article = rng.randrange(40)
            quantity = D(rng.choice([1, 2, 5, 12, 100, 1250])) + (D("0.5") if rng.random() < 0.2 else 0)
            price = D(rng.randint(15, 250000)) / 100
            amount = (quantity * price).quantize(D("0.01"), rounding="ROUND_HALF_UP")
            if credit:
                quantity, amount = -quantity, -amount
            lines.append({
                "customer": str(customer), "name": f"Firma Nr. {customer} Größe GmbH", "document": 900100 + number,
                "date": day, "article": f"{GROUPS[article % 5]}-{article:04d}", "group": GROUPS[article % 5],
                "text": WORDS[article % len(WORDS)], "quantity": quantity, "price": price, "amount": amount,
                "cost": (amount * D("0.61")).quantize(D("0.01")), "credit": credit, "position": position + 1})
    return lines


# ---- how these systems write ----------------------------------------------------------------------------------------

def grouped(value, places, mark, group, trailing=False):
    text = f"{abs(value):,.{places}f}".replace(",", "\0").replace(".", mark).replace("\0", group)
    if value >= 0:
        return text
    return text + "-" if trailing else "-" + text


def german(value, places=2, trailing=False):
    return grouped(value, places, ",", ".", trailing)


def english(value, places=2):
    return grouped(value, places, ".", ",")


def plain(value, places=2):
    return f"{value:.{places}f}"


def quoted(cell, delimiter, always=False):
    if always or any(mark in cell for mark in (delimiter, '"', "\n")):
        return '"' + cell.replace('"', '""') + '"'
    return cell


class Layout:
    """`columns`: header and what stands there, a function of a line."""

    def __init__(self, name, encoding, delimiter, columns, expected, end="\r\n", always=False):
        self.name, self.encoding, self.delimiter, self.columns = name, encoding, delimiter, columns
        self.expected, self.end, self.always = expected, end, always

    def header(self):
        return [column for column, _ in self.columns]

    def text(self, lines):
        rows = [self.header()]
        previous = None
        for line in lines:
            first = previous != line["document"]
            previous = line["document"]
            rows.append([make(dict(line, first=first)) for _, make in self.columns])
        return "".join(self.delimiter.join(quoted(cell, self.delimiter, self.always) for cell in row) + self.end
                       for row in rows)

    def write(self, path, lines):
        path.write_bytes(self.text(lines).encode(self.encoding))
        return path


def tax(value):
    return (value * D("1.19")).quantize(D("0.01"))


def late(line):
    return line["date"] + datetime.timedelta(days=5)


def sap_number(text, width=10):
    return str(text).zfill(width)


# `document`: how the number is written. `cost`, `description`: whether the export has them.
LAYOUTS = [
    Layout("sap_de", "utf-16", "\t", [
        ("Faktura", lambda l: sap_number(l["document"])), ("Position", lambda l: str(l["position"] * 10)),
        ("FkDat", lambda l: l["date"].strftime("%d.%m.%Y")), ("Auftraggeber", lambda l: sap_number(l["customer"])),
        ("Name 1", lambda l: l["name"]), ("Material", lambda l: l["article"]), ("Kurztext", lambda l: l["text"]),
        ("Fakturierte Menge", lambda l: german(l["quantity"], 3, trailing=True)), ("ME", lambda l: "ST"),
        ("Nettowert", lambda l: german(l["amount"], trailing=True)), ("Währg", lambda l: "EUR"),
        ("WAVWR", lambda l: german(l["cost"], trailing=True)), ("Warengruppe", lambda l: l["group"])],
        {"customer": lambda l: sap_number(l["customer"]), "document": lambda l: sap_number(l["document"]), "cost": True,
         "group": True}),
    Layout("sap_en", "utf-8", "|", [
        ("Billing Document", lambda l: str(l["document"])), ("Item", lambda l: str(l["position"] * 10)),
        ("Billing Date", lambda l: l["date"].strftime("%m/%d/%Y")), ("Sold-to Party", lambda l: l["customer"]),
        ("Payer", lambda l: str(int(l["customer"]) + 1)), ("Material", lambda l: l["article"]),
        ("Item Description", lambda l: l["text"]), ("Billed Quantity", lambda l: english(l["quantity"], 3)),
        ("Net Value", lambda l: english(l["amount"])), ("Cost", lambda l: english(l["cost"])),
        ("Material Group", lambda l: l["group"]), ("Currency", lambda l: "EUR")], {"cost": True, "group": True}),
    Layout("datev_de", "cp1252", ";", [
        ("Rechnungsnummer", lambda l: f"RE{l['document']}"), ("Rechnungsdatum", lambda l: l["date"].strftime("%d%m%Y")),
        ("Leistungsdatum", lambda l: late(l).strftime("%d%m%Y")), ("Kundennummer", lambda l: l["customer"]),
        ("Kundenname", lambda l: l["name"]), ("Artikelnummer", lambda l: l["article"]),
        ("Artikelbezeichnung", lambda l: l["text"]), ("Menge", lambda l: german(l["quantity"], 2)),
        ("Einzelpreis (netto)", lambda l: german(l["price"])), ("USt-Satz", lambda l: "19,00"),
        ("Gesamtpreis (netto)", lambda l: german(l["amount"])), ("Gesamtpreis (brutto)", lambda l: german(tax(l["amount"]))),
        ("WKZ", lambda l: "EUR")], {"document": lambda l: f"RE{l['document']}"}, always=True),
    Layout("datev_en", "cp1252", ";", [
        ("Invoice number", lambda l: f"RE{l['document']}"), ("Invoice date", lambda l: l["date"].strftime("%d.%m.%Y")),
        ("Customer number", lambda l: l["customer"]), ("Customer name", lambda l: l["name"]),
        ("Item number", lambda l: l["article"]), ("Description", lambda l: l["text"]),
        ("Quantity", lambda l: german(l["quantity"], 2)), ("Net amount (EUR)", lambda l: german(l["amount"])),
        ("Gross amount (EUR)", lambda l: german(tax(l["amount"]))), ("Item group", lambda l: l["group"])],
        {"document": lambda l: f"RE{l['document']}", "group": True}),
    Layout("nav_de", "cp1252", ";", [
        ("Belegnr.", lambda l: f"VR{l['document']}"), ("Zeilennr.", lambda l: str(l["position"] * 10000)),
        ("Buchungsdatum", lambda l: l["date"].strftime("%d.%m.%y")), ("Verk. an Deb.-Nr.", lambda l: l["customer"]),
        ("Art", lambda l: "Artikel"), ("Nr.", lambda l: l["article"]), ("Beschreibung", lambda l: l["text"]),
        ("Menge", lambda l: german(l["quantity"], 3)), ("VK-Preis", lambda l: german(l["price"], 3)),
        ("Zeilenbetrag", lambda l: german(l["amount"])), ("Betrag inkl. MwSt.", lambda l: german(tax(l["amount"]))),
        ("Einstandspreis (MW)", lambda l: german(l["price"] / 2)), ("Artikelkategoriencode", lambda l: l["group"])],
        {"document": lambda l: f"VR{l['document']}", "group": True}),
    Layout("bc_en", "utf-8-sig", ",", [
        ("Document No.", lambda l: f"PSI{l['document']}"), ("Posting Date", lambda l: "{0.month}/{0.day}/{0.year}".format(l["date"])),
        ("Sell-to Customer No.", lambda l: l["customer"]), ("Sell-to Customer Name", lambda l: l["name"]),
        ("Type", lambda l: "Item"), ("No.", lambda l: l["article"]), ("Description", lambda l: l["text"]),
        ("Quantity", lambda l: english(l["quantity"], 1)), ("Unit Price Excl. VAT", lambda l: english(l["price"])),
        ("Line Amount Excl. VAT", lambda l: english(l["amount"])), ("Amount Including VAT", lambda l: english(tax(l["amount"]))),
        ("Unit Cost (LCY)", lambda l: english(l["price"] / 2)), ("Item Category Code", lambda l: l["group"])],
        {"document": lambda l: f"PSI{l['document']}", "group": True}),
    Layout("sage_de", "cp1252", ";", [
        ("Belegart", lambda l: "Gutschrift" if l["credit"] else "Rechnung"), ("Belegnummer", lambda l: str(l["document"])),
        ("Belegdatum", lambda l: l["date"].strftime("%d.%m.%Y 00:00:00")), ("Liefertermin", lambda l: late(l).strftime("%d.%m.%Y")),
        ("Kundennummer", lambda l: f"D{l['customer']}"), ("Matchcode", lambda l: l["name"][:12]),
        ("Artikelnummer", lambda l: l["article"]), ("Bezeichnung 1", lambda l: l["text"]),
        ("Menge", lambda l: german(l["quantity"], 2)), ("Einzelpreis", lambda l: german(l["price"])),
        ("Gesamtpreis netto", lambda l: german(l["amount"])), ("Wareneinsatz", lambda l: german(l["cost"])),
        ("Artikelgruppe", lambda l: l["group"])],
        {"customer": lambda l: f"D{l['customer']}", "cost": True, "group": True}),
    Layout("sage_en", "cp1252", ",", [
        ("Invoice No", lambda l: str(l["document"])), ("Invoice Date", lambda l: l["date"].strftime("%d/%m/%Y")),
        ("Account Ref", lambda l: f"ACC{l['customer']}"), ("Company", lambda l: l["name"]),
        ("Order No", lambda l: f"SO{l['document'] + 5}"), ("Stock Code", lambda l: l["article"]),
        ("Description", lambda l: l["text"]), ("Qty", lambda l: plain(l["quantity"])), ("Unit Price", lambda l: plain(l["price"])),
        ("Net Amount", lambda l: plain(l["amount"])), ("VAT Amount", lambda l: plain(tax(l["amount"]) - l["amount"])),
        ("Gross Amount", lambda l: plain(tax(l["amount"])))],
        {"customer": lambda l: f"ACC{l['customer']}"}),
    Layout("odoo_de", "utf-8", ",", [
        ("Nummer", lambda l: f"RE/2025/{l['document']}"), ("Rechnungsdatum", lambda l: l["date"].isoformat()),
        ("Partner", lambda l: l["name"]), ("Partner/Referenz", lambda l: f"K{l['customer']}"),
        ("Produkt/Interne Referenz", lambda l: l["article"]), ("Bezeichnung", lambda l: l["text"]),
        ("Menge", lambda l: plain(l["quantity"])), ("Einzelpreis", lambda l: plain(l["price"])),
        ("Zwischensumme", lambda l: plain(l["amount"])), ("Produkt/Produktkategorie", lambda l: l["group"])],
        {"customer": lambda l: f"K{l['customer']}", "document": lambda l: f"RE/2025/{l['document']}", "group": True},
        end="\n", always=True),
    Layout("odoo_en", "utf-8", ",", [
        ("Number", lambda l: f"INV/2025/{l['document']}"), ("Invoice/Bill Date", lambda l: l["date"].isoformat()),
        ("Due Date", lambda l: late(l).isoformat()), ("Partner/Reference", lambda l: f"K{l['customer']}"),
        ("Product/Internal Reference", lambda l: l["article"]), ("Label", lambda l: l["text"]),
        ("Quantity", lambda l: plain(l["quantity"])), ("Unit Price", lambda l: plain(l["price"])),
        ("Subtotal", lambda l: plain(l["amount"])), ("Total", lambda l: plain(tax(l["amount"]))),
        ("Product/Product Category", lambda l: l["group"])],
        {"customer": lambda l: f"K{l['customer']}", "document": lambda l: f"INV/2025/{l['document']}", "group": True},
        end="\n", always=True),
    Layout("shopify_de", "utf-8", ",", [
        ("Tag", lambda l: l["date"].isoformat()), ("Bestellname", lambda l: f"#{l['document']}"),
        ("E-Mail des Kunden", lambda l: f"einkauf{l['customer']}@firma.example"), ("Produkttitel", lambda l: l["text"]),
        ("Varianten-SKU", lambda l: l["article"]), ("Nettomenge", lambda l: plain(l["quantity"], 1)),
        ("Nettoumsatz", lambda l: plain(l["amount"])), ("Steuern", lambda l: plain(tax(l["amount"]) - l["amount"]))],
        {"customer": lambda l: f"einkauf{l['customer']}@firma.example", "document": lambda l: f"#{l['document']}"}, end="\n"),
    Layout("shopify_en", "utf-8", ",", [
        ("Name", lambda l: f"#{l['document']}"), ("Email", lambda l: f"buyer{l['customer']}@company.example"),
        ("Financial Status", lambda l: "paid" if l["first"] else ""),
        ("Paid at", lambda l: late(l).strftime("%Y-%m-%d 08:00:00 +0100") if l["first"] else ""),
        ("Currency", lambda l: "EUR" if l["first"] else ""), ("Subtotal", lambda l: plain(l["amount"]) if l["first"] else ""),
        ("Total", lambda l: plain(tax(l["amount"])) if l["first"] else ""), ("Lineitem quantity", lambda l: plain(l["quantity"], 1)),
        ("Lineitem name", lambda l: l["text"]), ("Lineitem price", lambda l: plain(l["price"])),
        ("Lineitem sku", lambda l: l["article"]), ("Created at", lambda l: l["date"].strftime("%Y-%m-%d 23:30:00 +0200")),
        ("Lineitem discount", lambda l: "0.00")],
        {"customer": lambda l: f"buyer{l['customer']}@company.example", "document": lambda l: f"#{l['document']}"}, end="\n"),
]


def expected(layout, lines):
    """The rows that must come in: (customer, document, date, article, quantity, amount, cost, group)."""
    carried = layout.expected
    rows = []
    for line in lines:
        rows.append((carried.get("customer", lambda l: l["customer"])(line),
                     carried.get("document", lambda l: str(l["document"]))(line), line["date"].isoformat(), line["article"],
                     line["quantity"].normalize(), line["amount"].normalize(),
                     line["cost"].normalize() if carried.get("cost") else None, line["group"] if carried.get("group") else None))
    return sorted(rows, key=str)
