"""One report in three languages, sentence by sentence; written for these tests."""

KK = [
    "Бүгін Қарағанды облысында 3 жаңа мектеп ашылды.",
    "Облыс әкімі Ермек Жақсылықов мектептерге 12 миллиард теңге жұмсалғанын айтты.",
    "Оларда 2400 бала оқиды.",
    "Ата-аналар көптен бері осы күнді күткен еді.",
    "Келесі жылы Теміртауда тағы екі балабақша салынады.",
    "Жиынға Германияның елшісі Моника Иверсен де қатысты.",
]
RU = [
    "Сегодня в Карагандинской области открылись 3 новые школы.",
    "Аким области Ермек Жаксылыков сообщил, что на школы потрачено 12 миллиардов тенге.",
    "В них учатся 2400 детей.",
    "Родители давно ждали этого дня.",
    "В следующем году в Темиртау построят еще два детских сада.",
    "Во встрече участвовала посол Германии Моника Иверсен.",
]
EN = [
    "Three new schools opened in Karaganda region today (3 in all).",
    "Governor Yermek Zhaksylykov said that 12 billion tenge was spent on the schools.",
    "2400 children study in them.",
    "Parents had been waiting for this day for a long time.",
    "Next year two more kindergartens will be built in Temirtau.",
    "Monika Iversen, ambassador of Germany, also attended the meeting.",
]
